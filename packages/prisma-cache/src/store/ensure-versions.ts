import * as commands from '../protocol/commands.generated.js'
import { runCommand } from '../protocol/run-command.js'
import type { FieldTag, Tag } from '../protocol/tag.js'
import { createNonce, VERSION_LIFETIME_MS } from '../protocol/version.js'
import { ensureFields } from './field-versions.js'
import type { Link } from './link.js'
import { groupBySlot } from './slots.js'

/**
 * The versions of `tags`, made where `found` has none. A reader does this before its load, a writer that means to put
 * before its statement. Rejects when Redis does not answer.
 */
export async function ensureVersions(
  link: Link,
  tags: readonly Tag[],
  found: readonly (string | null)[],
): Promise<string[]> {
  const versions = tags.map((_, i) => found[i] ?? null)
  const absent = versions.flatMap((version, i) => (version === null ? [i] : []))
  const missing = absent.filter((i) => tags[i]!.kind !== 'field')
  const missingKeys = missing.map((i) => link.keys.tag(tags[i]!).version)
  const fields = absent.filter((i) => tags[i]!.kind === 'field')
  const models = new Set(fields.map((i) => tags[i]!.model))
  const ensured = [...models].map(async (model) => {
    const own = fields.filter((i) => tags[i]!.model === model)
    const made = await ensureFields(
      link,
      model,
      own.map((i) => (tags[i] as FieldTag).field),
    )
    for (const [n, i] of own.entries()) versions[i] = made[n]!
  })
  await Promise.all([
    ...ensured,
    ...groupBySlot(link.cluster, missingKeys).map(async (group) => {
      const keys = group.map((n) => missingKeys[n]!)
      const made = (await runCommand(link.redis, commands.ensureVersions, keys, [
        createNonce(),
        VERSION_LIFETIME_MS,
      ])) as string[]
      for (const [k, n] of group.entries()) versions[missing[n]!] = made[k]!
    }),
  ])
  return versions as string[]
}
