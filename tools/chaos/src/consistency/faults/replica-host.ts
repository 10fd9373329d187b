import { type PostgresReplica, type PostgresServer, startReplica } from '@prisma-cache/servers'
import pg from 'pg'

/** A standby of the Postgres of all runs, and what can befall it. */
export interface ReplicaHost {
  readonly url: string
  stop(): Promise<void>
  /** Nothing is replayed for so long. */
  pause(ms: number): Promise<void>
  /** Everything is replayed so much later than it was committed, for a while. */
  delay(options: { readonly byMs: number; readonly forMs: number }): Promise<void>
  /** Kill -9, and up again from its last restart point. */
  crash(options: { readonly downMs: number }): Promise<void>
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

export async function startReplicaHost(primary: PostgresServer): Promise<ReplicaHost> {
  const replica = await startReplica(primary)
  const applyDelay = async (ms: number) => {
    await tell(replica, `ALTER SYSTEM SET recovery_min_apply_delay = '${ms}ms'`)
    await tell(replica, 'SELECT pg_reload_conf()')
  }
  return {
    url: replica.url,
    stop: () => replica.stop(),
    async pause(ms) {
      await tell(replica, 'SELECT pg_wal_replay_pause()')
      await pause(ms)
      await replica.resumeReplay()
    },
    async delay({ byMs, forMs }) {
      await applyDelay(byMs)
      await pause(forMs)
      await applyDelay(0)
    },
    async crash({ downMs }) {
      await replica.kill('KILL')
      await pause(downMs)
      await replica.restart()
    },
  }
}

async function tell({ url }: PostgresReplica, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // what was told was told
  await client.connect()
  try {
    await client.query(sql)
  } finally {
    await client.end()
  }
}
