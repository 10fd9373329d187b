import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { copyCluster, putFile } from './copy-cluster.js'
import { databaseUrl } from './databases.js'
import { type Place, type PostgresOptions, type PostgresServer, startServer } from './start-postgres.js'

export interface ReplicaOptions extends Pick<PostgresOptions, 'dataDir' | 'port' | 'settings'> {
  /** Of its slot, and as which the primary knows it. Default `replica1`. */
  readonly name?: string | undefined
  /** How long after its COMMIT on the primary a transaction is replayed: `'2s'`. Default: at once. */
  readonly applyDelay?: string | undefined
}

export interface PostgresReplica extends PostgresServer {
  /** Replays nothing more until `resumeReplay`. Resolves when that is so. */
  pauseReplay(): Promise<void>
  resumeReplay(): Promise<void>
  /** Resolves when everything is replayed that the primary has written before the call. */
  caughtUp(): Promise<void>
  /** Makes it a primary of its own. Resolves when it takes writes. */
  promote(): Promise<void>
}

const POLL_MS = 5
const CAUGHT_UP_WITHIN_MS = 20_000

/**
 * A hot standby that streams from a server of `startPostgres` on this machine. Without pg_basebackup, which no npm package
 * carries: by the functions that it is made of (Postgres 15 and later) and a copy of the files.
 */
export async function startReplica(primary: PostgresServer, options: ReplicaOptions = {}): Promise<PostgresReplica> {
  const { name = 'replica1', applyDelay } = options
  const database = new URL(primary.url).pathname.slice(1)
  const server = await startServer(
    {
      ...options,
      settings: {
        hot_standby: 'on',
        primary_conninfo: `host=127.0.0.1 port=${primary.port} user=postgres application_name=${name}`,
        primary_slot_name: name,
        // A standby says how far it is at once, and asks again soon where the connection was lost.
        wal_receiver_status_interval: '1s',
        wal_retrieve_retry_interval: '100ms',
        ...(applyDelay ? { recovery_min_apply_delay: applyDelay } : {}),
        ...options.settings,
      },
    },
    {
      prepare: (place) => clone(primary, place, name),
      urlOf: async (port) => databaseUrl(`postgresql://postgres@127.0.0.1:${port}/postgres`, database),
    },
  )
  const ask = <T>(use: (client: pg.Client) => Promise<T>) => withClient(server.url, use)
  return {
    ...server,
    async pauseReplay() {
      await ask(async (client) => {
        await client.query('SELECT pg_wal_replay_pause()')
        await until(client, "SELECT pg_get_wal_replay_pause_state() = 'paused' AS done")
      })
    },
    async resumeReplay() {
      await ask((client) => client.query('SELECT pg_wal_replay_resume()'))
    },
    async caughtUp() {
      const { rows } = await withClient(primary.url, (client) =>
        client.query('SELECT pg_current_wal_insert_lsn() AS lsn'),
      )
      const { lsn } = rows[0] as { lsn: string }
      // What is not flushed yet would be streamed by the next COMMIT only.
      await withClient(primary.url, (client) => client.query("SELECT pg_logical_emit_message(true, 'replica', '')"))
      await ask((client) =>
        until(client, `SELECT coalesce(pg_last_wal_replay_lsn() >= '${lsn}'::pg_lsn, false) AS done`),
      )
    },
    async promote() {
      await ask((client) => client.query('SELECT pg_promote(true)'))
    },
  }
}

async function clone(primary: PostgresServer, { folder, account }: Place, name: string): Promise<void> {
  if (fs.existsSync(path.join(folder, 'PG_VERSION'))) return
  const label = await withClient(primary.url, async (client) => {
    await client.query(
      `SELECT pg_create_physical_replication_slot($1, true)
       WHERE NOT EXISTS (SELECT 1 FROM pg_replication_slots WHERE slot_name = $1)`,
      [name],
    )
    await client.query("SELECT pg_backup_start('replica', fast => true)")
    copyCluster(primary.dataDir, folder, account)
    const { rows } = await client.query('SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)')
    return (rows[0] as { labelfile: string }).labelfile
  })
  putFile(path.join(folder, 'backup_label'), label, account)
  putFile(path.join(folder, 'standby.signal'), '', account)
}

async function until(client: pg.Client, sql: string): Promise<void> {
  const end = performance.now() + CAUGHT_UP_WITHIN_MS
  for (;;) {
    const { rows } = await client.query<{ done: boolean }>(sql)
    if (rows[0]?.done) return
    if (performance.now() > end) throw new Error(`the replica did not get there in time: ${sql}`)
    await sleep(POLL_MS)
  }
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {}) // a connection lost after the answer is nobody's concern
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}
