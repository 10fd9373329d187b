import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import type { Keys } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'

/** How far a shard is applied: lowest sequences that are not, infinite where there is none. */
export interface FlushState {
  readonly open: number
  readonly sealed: number
  /** Of the last change that was accepted; 0 where there was none. */
  readonly sequence: number
}

export async function readFlushState(
  redis: Redis | Cluster,
  keys: Keys,
  model: string,
  shard: number,
): Promise<FlushState> {
  const at = keys.shard(model, shard)
  const reply = await runCommand(redis, commands.flushState, [at.dirty, at.sealed, at.sequence], [])
  const [first, inBatch, sequence] = reply as [number, number, number]
  return { open: first || Number.POSITIVE_INFINITY, sealed: inBatch || Number.POSITIVE_INFINITY, sequence }
}

/** Everything up to this sequence, exclusive, is applied. */
export function lowestPending(state: FlushState): number {
  return Math.min(state.open, state.sealed)
}
