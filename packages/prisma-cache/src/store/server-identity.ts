import { Cluster, type Redis } from 'ioredis'

/**
 * Names the server (each master of a cluster) by its run id and its replication id. Both change when a server restarts
 * or another one takes over, which is when Redis may have forgotten something.
 */
export async function serverIdentity(redis: Redis | Cluster): Promise<string> {
  const masters = redis instanceof Cluster ? redis.nodes('master') : [redis]
  const names = await Promise.all(masters.map(identityOf))
  return names.sort().join('+')
}

async function identityOf(redis: Redis): Promise<string> {
  const info = await redis.info('server').catch(forbidden)
  const replication = await redis.info('replication').catch(forbidden)
  const runId = /^run_id:(\w+)/m.exec(info)?.[1] ?? 'unnamed'
  const replicationId = /^master_replid:(\w+)/m.exec(replication)?.[1] ?? 'unnamed'
  return `${runId.slice(0, 12)}/${replicationId.slice(0, 12)}`
}

/** Whether it (or a master of the cluster) was a replica of another one before, since it was started. */
export async function hasTakenOver(redis: Redis | Cluster): Promise<boolean> {
  const masters = redis instanceof Cluster ? redis.nodes('master') : [redis]
  const told = await Promise.all(masters.map((node) => node.info('replication').catch(forbidden)))
  return told.some((text) => /^master_replid2:(?!0+\s)\w+/m.test(text))
}

/** A managed server may forbid INFO; then only a lost epoch key tells that it forgot. */
function forbidden(error: unknown): string {
  if (error instanceof Error && /^(NOPERM|ERR unknown)/.test(error.message)) return ''
  throw error
}
