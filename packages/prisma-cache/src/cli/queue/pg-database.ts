import { Pool, type PoolClient } from 'pg'
import { messageOf } from '../../errors/message-of.js'
import type { FlushDatabase, RawQueries } from '../../queue/ledger.js'
import { CliError } from '../cli-error.js'

/** The part of a Prisma client that the flush needs, over Postgres' own driver: a command has no generated client. */
export interface PgDatabase extends FlushDatabase {
  /** As `?schema=` of the URL says it, which is Prisma's word and not the driver's. */
  readonly schema?: string
  close(): Promise<void>
}

/** @throws CliError PC6303 when Postgres does not answer */
export async function openDatabase(url: string, connections: number): Promise<PgDatabase> {
  const parsed = new URL(url)
  const schema = parsed.searchParams.get('schema') ?? undefined
  parsed.searchParams.delete('schema')
  const pool = new Pool({
    connectionString: parsed.toString(),
    max: connections,
    connectionTimeoutMillis: 5000,
    ...(schema === undefined ? {} : { options: `-c search_path=${quoted(schema)}` }),
  })
  pool.on('error', () => {}) // an idle connection was lost; the next statement gets another, or says so
  try {
    await pool.query('SELECT 1')
  } catch (cause) {
    await pool.end()
    const message = `Postgres at ${parsed.host} does not answer (${reasonOf(cause)})`
    throw new CliError('PC6303', message, 'check the URL, and that the server runs and lets this user in', { cause })
  }
  return {
    ...queriesOf(pool),
    ...(schema === undefined ? {} : { schema }),
    async $transaction(work, { timeout = 60_000 } = {}) {
      const client = await pool.connect().catch(asQueryError)
      let broken: unknown
      try {
        await client.query('BEGIN')
        await client.query(`SET LOCAL statement_timeout = ${Math.ceil(timeout)}`)
        const result = await work(queriesOf(client))
        await client.query('COMMIT')
        return result
      } catch (error) {
        await client.query('ROLLBACK').catch((failed: unknown) => {
          broken = failed
        })
        throw asError(error)
      } finally {
        client.release(broken !== undefined)
      }
    },
    close: () => pool.end(),
  }
}

function queriesOf(on: Pool | PoolClient): RawQueries {
  return {
    $queryRawUnsafe: async <T>(sql: string, ...values: unknown[]) =>
      (await on.query(sql, values).catch(asQueryError)).rows as T,
    $executeRawUnsafe: async (sql, ...values) => (await on.query(sql, values).catch(asQueryError)).rowCount ?? 0,
  }
}

function asQueryError(error: unknown): never {
  throw asError(error)
}

/** What Postgres said, where `pgErrorOf` looks for it. */
function asError(error: unknown): unknown {
  const { code, detail } = error as { code?: unknown; detail?: unknown }
  if (!(error instanceof Error) || 'originalCode' in error || typeof code !== 'string') return error
  return Object.assign(error, { originalCode: code, originalMessage: error.message, detail })
}

function reasonOf(cause: unknown): string {
  const { code } = cause as { code?: unknown }
  const message = messageOf(cause)
  return message ?? (typeof code === 'string' ? code : 'no answer')
}

/** A name in the `options` of a connection: quoted for SQL, its spaces escaped for the start of the session. */
function quoted(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`.replace(/[\\ ]/g, '\\$&')
}
