import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import type { Keys } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'

export interface QueueEpoch {
  readonly epoch: number
  /** Set when this call drew it: why the standing one, if any, was not good. */
  readonly drawn?: 'missing' | 'other-server'
}

/**
 * The queue's epoch, drawn anew from Postgres where Redis has none or one that names another server: that server may
 * have forgotten batches that were applied, or number new ones as it did before.
 */
export async function verifyQueueEpoch(
  redis: Redis | Cluster,
  keys: Keys,
  draw: () => Promise<number>,
  identity: string,
): Promise<QueueEpoch> {
  const seen = (await redis.get(keys.queueEpoch)) ?? ''
  const standing = readEpoch(seen)
  if (standing && standing.identity === identity) return { epoch: standing.epoch }
  const drawn = await draw()
  const now = await runCommand(redis, commands.flushEpoch, [keys.queueEpoch], [seen, `${drawn}@${identity}`])
  const result = readEpoch(now as string)
  if (!result || result.identity !== identity)
    throw new Error('the queue epoch was replaced by a worker on another server')
  return { epoch: result.epoch, drawn: seen === '' ? 'missing' : 'other-server' }
}

function readEpoch(text: string): { epoch: number; identity: string } | undefined {
  const at = text.indexOf('@')
  const epoch = Number(text.slice(0, at))
  return at > 0 && Number.isSafeInteger(epoch) ? { epoch, identity: text.slice(at + 1) } : undefined
}
