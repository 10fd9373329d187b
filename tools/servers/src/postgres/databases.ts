import pg from 'pg'
import { connectFailure } from './connect-failure.js'

export interface CreateDatabaseOptions {
  /** A database to copy, as Postgres does with `CREATE DATABASE … TEMPLATE`; nobody may be connected to it. */
  readonly template?: string | undefined
}

/** Duplicate database; and the unique index of the catalogue, when two make it at the same moment. */
const ALREADY_EXISTS = ['42P04', '23505']

/** Makes a database on the server of `url`, unless it exists, and gives its URL. */
export async function createDatabase(url: string, name: string, options: CreateDatabaseOptions = {}): Promise<string> {
  const template = options.template === undefined ? '' : ` TEMPLATE ${pg.escapeIdentifier(options.template)}`
  await execute(url, `CREATE DATABASE ${pg.escapeIdentifier(name)}${template}`, ALREADY_EXISTS)
  return databaseUrl(url, name)
}

/** Drops a database of the server of `url`, connections to it included; nothing happens when it does not exist. */
export async function dropDatabase(url: string, name: string): Promise<void> {
  await execute(url, `DROP DATABASE IF EXISTS ${pg.escapeIdentifier(name)} WITH (FORCE)`)
}

/** `url` with another database. */
export function databaseUrl(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${encodeURIComponent(name)}`
  return other.href
}

async function execute(url: string, sql: string, forgiven: readonly string[] = []): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
  } catch (error) {
    throw connectFailure(url, error)
  }
  try {
    await client.query(sql)
  } catch (error) {
    if (!forgiven.includes((error as { code?: string }).code ?? '')) throw error
  } finally {
    await client.end()
  }
}
