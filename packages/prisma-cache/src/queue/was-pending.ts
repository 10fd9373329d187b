import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import type { Keys } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'

/**
 * Was the row pending at a moment of `performance.now()`, or since? A change that was applied since has given the row
 * another version; so has whoever read it for the first time, for whom it is called pending too.
 */
export async function wasPending(
  redis: Redis | Cluster,
  keys: Keys,
  { model, row }: { readonly model: string; readonly row: string },
  since: number,
): Promise<boolean> {
  const { version } = keys.tag({ kind: 'row', model, row })
  const age = Number(await runCommand(redis, commands.rowAge, [keys.pendingRow(model, row), version], []))
  return age >= 0 && age <= performance.now() - since
}
