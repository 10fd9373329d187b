import * as commands from '../protocol/commands.generated.js'
import { rowEntryAround } from '../protocol/entry.js'
import { runCommand } from '../protocol/run-command.js'
import { type RowTag, type Tag, tagName } from '../protocol/tag.js'
import { createNonce, VERSION_LIFETIME_MS } from '../protocol/version.js'
import type { Fence } from './fence.js'
import { touchFields } from './field-versions.js'
import { knownVersions } from './known-versions.js'
import type { Link } from './link.js'
import { groupBySlot } from './slots.js'

/** A row to be put at publish. Its fence also covers or reads the model's `wide` tag, under which it is stamped. */
export interface Put {
  readonly tag: RowTag
  readonly entry: string
  readonly body: string
  /** Milliseconds that Redis keeps the entry. */
  readonly lifeMs: number
  /** Version of the model's `wide` tag before the writer's statement. */
  readonly wideVersion: string
  /** Where the body holds the row's own version field, and its value. */
  readonly counter?: { readonly position: number; readonly value: string }
}

/** By the name of a tag (`tagName`): its version after the publication. Of a table also its fields'. */
export type Markers = Map<string, string>

export interface Published {
  readonly markers: Markers
  readonly put: number
}

/** Replaces versions without a fence: for writers that took none, and for debts. */
export async function touch(link: Link, tags: readonly Tag[]): Promise<Markers> {
  const own = keyed(tags)
  const versionKeys = own.map((tag) => link.keys.tag(tag).version)
  const markers: Markers = new Map()
  await Promise.all([
    markFields(link, tags, markers),
    ...groupBySlot(link.cluster, versionKeys).map(async (group) => {
      const keys = group.map((i) => versionKeys[i]!)
      const made = (await runCommand(link.redis, commands.touch, keys, [
        createNonce(),
        VERSION_LIFETIME_MS,
      ])) as string[]
      for (const [n, i] of group.entries()) markers.set(tagName(own[i]!), made[n]!)
    }),
  ])
  link.replaced(tags)
  return markers
}

/** Those whose version is a key of its own. */
const keyed = (tags: readonly Tag[]) => tags.filter((tag) => tag.kind !== 'field')

async function markFields(link: Link, tags: readonly Tag[], markers: Markers): Promise<void> {
  if (!tags.some((tag) => tag.kind === 'table' || tag.kind === 'field')) return
  for (const { tag, version } of await touchFields(link, tags)) markers.set(tagName(tag), version)
}

/** After COMMIT, by a writer that fenced: replaces the versions of `tags`, puts what may be put, releases the fence. */
export async function publishFenced(
  link: Link,
  fence: Fence,
  tags: readonly Tag[],
  puts: readonly Put[],
): Promise<Published> {
  const markers: Markers = new Map()
  const putting = fence.mayPut ? puts : []
  const putNames = new Set(putting.map((put) => tagName(put.tag)))
  const own = keyed(tags).filter((tag) => !putNames.has(tagName(tag)))
  const pairs = own.map((tag) => link.keys.tag(tag))
  let put = 0
  await Promise.all([
    markFields(link, tags, markers),
    ...groupBySlot(
      link.cluster,
      pairs.map((pair) => pair.version),
    ).map(async (group) => {
      const made = (await runCommand(
        link.redis,
        commands.publish,
        group.flatMap((i) => [pairs[i]!.version, pairs[i]!.fence]),
        [fence.writer, createNonce(), VERSION_LIFETIME_MS],
      )) as string[]
      for (const [n, i] of group.entries()) markers.set(tagName(own[i]!), made[n]!)
    }),
    ...putting.map(async (item) => {
      const keys = link.keys.tag(item.tag)
      const around = rowEntryAround(fence.epoch, item.wideVersion, item.lifeMs, item.body)
      const [version, stored] = (await runCommand(
        link.redis,
        commands.publishRow,
        [keys.version, keys.fence, item.entry],
        [
          fence.writer,
          fence.versions.get(keys.version) ?? '',
          createNonce(),
          VERSION_LIFETIME_MS,
          item.lifeMs,
          around.before,
          around.after,
          item.counter?.position ?? -1,
          item.counter?.value ?? '',
        ],
      )) as [string, number]
      markers.set(tagName(item.tag), version)
      knownVersions(link).saw(fence.epoch, [keys.version], [version])
      put += stored
    }),
  ])
  link.replaced(tags)
  return { markers, put }
}
