import * as commands from '../protocol/commands.generated.js'
import { runCommand } from '../protocol/run-command.js'
import type { Tag } from '../protocol/tag.js'
import { createNonce, VERSION_LIFETIME_MS } from '../protocol/version.js'
import { ensureVersions } from './ensure-versions.js'
import { knownVersions } from './known-versions.js'
import type { Link } from './link.js'
import { readAll } from './read-all.js'
import { groupBySlot } from './slots.js'

/** What a writer needs at publish to know whether it was alone, and what its put is stamped with. */
export interface Fence {
  readonly writer: string
  readonly epoch: string
  /** False while a new epoch's quarantine holds: fences of others may have been lost. */
  readonly mayPut: boolean
  /** By version key: the version that this fence made. */
  readonly versions: ReadonlyMap<string, string>
  /** By model: the version of its `wide` tag before the statement, for the models that rows may be put of. */
  readonly wide: ReadonlyMap<string, string>
}

/**
 * Fences tags before the writer's statement. Rejects when Redis did not take every one of them.
 *
 * The epoch may be read beside the fences, in any order: a fence that the server forgot is followed by a new epoch,
 * and what is put under the old one is dead.
 */
export async function fence(
  link: Link,
  writer: string,
  tags: readonly Tag[],
  putModels: readonly string[],
): Promise<Fence> {
  const wideTags = putModels.map((model): Tag => ({ kind: 'wide', model }))
  const wideKeys = wideTags.map((tag) => link.keys.tag(tag).version)
  const [{ versions }, [epoch, quarantine, ...found]] = await Promise.all([
    take(link, writer, tags),
    readAll(link, [link.keys.epoch, link.keys.quarantine, ...wideKeys]),
  ])
  const wide = await ensureVersions(link, wideTags, found)
  const mayPut = Boolean(epoch) && !quarantine
  if (mayPut) {
    const known = knownVersions(link)
    known.sawCalm(epoch!)
    known.saw(epoch!, wideKeys, wide)
  }
  return { writer, epoch: epoch ?? '', mayPut, versions, wide: new Map(putModels.map((model, i) => [model, wide[i]!])) }
}

/**
 * Fences tags without asking for anything first, for a writer that does not wait for it: it need not have come before
 * the statement. A row of its may be put all the same where its version was known to this process before the statement,
 * and stands there still when the fence comes: then nobody has fenced or published between the two, and it is as if the
 * fence had been there from then on.
 *
 * @returns undefined where it is not known what stood before
 */
export function fenceBeside(
  link: Link,
  writer: string,
  tags: readonly Tag[],
  putModels: readonly string[],
): Promise<Fence> | undefined {
  const rows = tags.filter((tag) => tag.kind === 'row').map((tag) => link.keys.tag(tag).version)
  const wide = putModels.map((model) => link.keys.tag({ kind: 'wide', model }).version)
  const known = knownVersions(link).all([...rows, ...wide])
  if (!known) return undefined
  const { epoch, versions: expected } = known
  return take(link, writer, tags).then(({ versions, stood }) => ({
    writer,
    epoch,
    mayPut: rows.every((key, i) => stood.get(key) === expected[i]),
    versions,
    wide: new Map(putModels.map((model, i) => [model, expected[rows.length + i]!])),
  }))
}

interface Taken {
  /** By version key: what the fence made. */
  readonly versions: ReadonlyMap<string, string>
  /** By version key: what stood before; empty for none. */
  readonly stood: ReadonlyMap<string, string>
}

async function take(link: Link, writer: string, tags: readonly Tag[]): Promise<Taken> {
  const pairs = tags.map((tag) => link.keys.tag(tag))
  const versions = new Map<string, string>()
  const stood = new Map<string, string>()
  await Promise.all(
    groupBySlot(
      link.cluster,
      pairs.map((pair) => pair.version),
    ).map(async (group) => {
      const made = (await runCommand(
        link.redis,
        commands.fence,
        group.flatMap((i) => [pairs[i]!.version, pairs[i]!.fence]),
        [writer, link.leaseMs, createNonce(), VERSION_LIFETIME_MS],
      )) as string[]
      for (const [n, i] of group.entries()) {
        versions.set(pairs[i]!.version, made[n]!)
        stood.set(pairs[i]!.version, made[group.length + n]!)
      }
    }),
  )
  return { versions, stood }
}

/** After ROLLBACK. A fence that cannot be released ends with its lease. */
export async function release(link: Link, writer: string, tags: readonly Tag[]): Promise<void> {
  const fences = tags.map((tag) => link.keys.tag(tag).fence)
  await Promise.all(
    groupBySlot(link.cluster, fences).map((group) =>
      runCommand(
        link.redis,
        commands.release,
        group.map((i) => fences[i]!),
        [writer],
      ),
    ),
  )
}
