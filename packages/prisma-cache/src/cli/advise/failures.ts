import type { ConsistencyClass, StrategyName } from '@prisma-cache/policy-dsl'

/** What failure looks like, by strategy and class. */
export function failuresOf(
  strategy: StrategyName,
  consistency: ConsistencyClass | undefined,
  durability: string | undefined,
): readonly string[] {
  if (strategy === 'none') return ['Nothing changes: it does not depend on Redis.']
  if (strategy === 'writeBehind') return writeBehindFailures(durability)
  return [
    consistency === 'strong'
      ? 'Redis is down: reads go to Postgres, writes are refused before Postgres is touched (PC1101).'
      : 'Redis is down: reads go to Postgres, writes succeed there; what they made stale is published when Redis is back, and other processes that kept their connection may serve it until then or until its ttl.',
    consistency === 'strong'
      ? 'A process dies between COMMIT and publication: reads go to Postgres until its lease ends (10 s).'
      : 'A process dies between COMMIT and publication: the old value may be served until its ttl.',
    'Redis loses its memory: no write is lost, the next reads are misses.',
  ]
}

const kept: Readonly<Record<string, string>> = {
  memory: 'Redis crashes: accepted writes that are still pending are lost; `durability: fsync` keeps them.',
  fsync: 'Redis crashes: what was accepted is on its disk; the disk with it: pending writes are lost.',
}

function writeBehindFailures(durability = 'fsync'): readonly string[] {
  return [
    'A process dies: what was accepted is in Redis, and is flushed.',
    ...(kept[durability] === undefined ? [] : [kept[durability]]),
    'Postgres refuses a write: its caller was answered long ago. It is kept as rejected, and told to `$cache.flush`, `$cache.status` and the `reject` event.',
    'The flush worker stops: writes are accepted on, and pile up in the memory of Redis; `$cache.pending` shows them.',
    'Redis is down: writes are refused (PC1301), reads go to Postgres without what is pending.',
  ]
}
