import * as commands from '../protocol/commands.generated.js'
import type { Tag } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'
import { createNonce, VERSION_LIFETIME_MS } from '../protocol/version.js'
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
  const missing = versions.flatMap((version, i) => (version === null ? [i] : []))
  const missingKeys = missing.map((i) => link.keys.tag(tags[i]!).version)
  await Promise.all(
    groupBySlot(link.cluster, missingKeys).map(async (group) => {
      const keys = group.map((n) => missingKeys[n]!)
      const made = (await runCommand(link.redis, commands.ensureVersions, keys, [
        createNonce(),
        VERSION_LIFETIME_MS,
      ])) as string[]
      for (const [k, n] of group.entries()) versions[missing[n]!] = made[k]!
    }),
  )
  return versions as string[]
}
