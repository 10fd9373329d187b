import { isPosition, type Position } from '../protocol/position.js'
import { type Tag, tagName } from '../protocol/tag.js'
import { VERSION_LIFETIME_MS } from '../protocol/version.js'
import type { Link } from './link.js'
import type { Markers } from './publish.js'
import { readAll } from './read-all.js'

/**
 * Positions recorded with exactly these versions, in the order of the tags. Undefined where none is: the version was made
 * by a process that tells of none, or before Redis forgot something. Never rejects.
 */
export async function readPositions(
  link: Link,
  tags: readonly Tag[],
  { epoch, versions }: { readonly epoch: string; readonly versions: readonly string[] },
): Promise<(Position | undefined)[]> {
  const found = await readAll(
    link,
    tags.map((tag) => link.keys.position(tag)),
  ).catch(() => [])
  return tags.map((_, i) => {
    const [ofEpoch, version, position] = found[i]?.split(' ') ?? []
    return ofEpoch === epoch && version === versions[i] && isPosition(position) ? position : undefined
  })
}

/**
 * Records what position shows everything that was published when these versions were made. A version that is replaced
 * meanwhile leaves a record that fits none, and so says nothing. Never rejects.
 */
export async function recordPositions(
  link: Link,
  named: readonly { readonly tag: Tag; readonly version: string }[],
  epoch: string,
  position: Position,
): Promise<void> {
  await Promise.all(
    named.map(({ tag, version }) =>
      link.redis.set(link.keys.position(tag), `${epoch} ${version} ${position}`, 'PX', VERSION_LIFETIME_MS),
    ),
  ).catch(() => {})
}

/** After a publication. The epoch is that of the server that is told; see docs/adr/0050. Never rejects. */
export async function recordPublished(
  link: Link,
  tags: readonly Tag[],
  markers: Markers,
  position: Position,
): Promise<void> {
  if (!link.isUp()) return
  const [epoch] = await readAll(link, [link.keys.epoch]).catch(() => [])
  if (!epoch) return
  const named = tags.flatMap((tag) => {
    const version = tag.kind === 'field' ? undefined : markers.get(tagName(tag))
    return version === undefined ? [] : [{ tag, version }]
  })
  await recordPositions(link, named, epoch, position)
}
