import { Redis } from 'ioredis'

/** Removes what the demo has left in a Redis that it may not own. */
export async function forgetNamespace(redisUrl: string, namespace: string): Promise<void> {
  const redis = new Redis(redisUrl)
  // A Redis that is gone has nothing to remove, and the command below says so.
  redis.on('error', () => {})
  try {
    for await (const keys of redis.scanStream({ match: `${namespace}:*`, count: 1_000 })) {
      if (keys.length > 0) await redis.unlink(keys as string[])
    }
  } finally {
    redis.disconnect()
  }
}
