import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  createDatabase,
  databaseUrl,
  diffFromEmpty,
  dropDatabase,
  type PostgresServer,
  type RedisServer,
  startPostgres,
  startRedis,
} from '@prisma-cache/servers'
import pg from 'pg'

/** The servers of one lane: a Redis of its own, and a database. Runs follow each other on them. */
export interface Ground {
  readonly databaseUrl: string
  readonly redis: RedisServer
  /** Only where it may be stopped. */
  readonly postgres?: PostgresServer
  close(): Promise<void>
}

const SCHEMA = fileURLToPath(new URL('../../../prisma/write-behind.prisma', import.meta.url))
const CHECK = 'ALTER TABLE "Slot" ADD CONSTRAINT "size_is_not_negative" CHECK (size >= 0)'

/** @param postgresUrl a server that outlives the run; absent: one that may be stopped is started */
export async function createGround(postgresUrl: string | undefined): Promise<Ground> {
  const postgres = postgresUrl ? undefined : await startPostgres()
  const server = postgresUrl ?? postgres!.url
  const name = `chaos_${randomBytes(6).toString('hex')}`
  const [redis] = await Promise.all([startRedis(), makeDatabase(server, name)])
  return {
    databaseUrl: databaseUrl(server, name),
    redis,
    ...(postgres ? { postgres } : {}),
    async close() {
      await redis.stop()
      if (postgres) await postgres.stop()
      else await dropDatabase(server, name)
    },
  }
}

let tables: Promise<string> | undefined

async function makeDatabase(server: string, name: string): Promise<void> {
  await createDatabase(server, name)
  const client = new pg.Client({ connectionString: databaseUrl(server, name) })
  await client.connect()
  try {
    tables ??= diffFromEmpty(SCHEMA)
    await client.query(await tables)
    await client.query(CHECK)
  } finally {
    await client.end()
  }
}

/** Cuts the append-only file back to what the processes noted as confirmed: the power went, not the process alone. */
export function loseUnconfirmed(redis: RedisServer, confirmedFile: string): number {
  const folder = aofFolder(redis)
  const confirmed = new Map<string, number>()
  const notes = fs.existsSync(confirmedFile) ? fs.readFileSync(confirmedFile, 'utf8') : ''
  for (const line of notes.split('\n').filter(Boolean)) {
    for (const [file, size] of JSON.parse(line) as [string, number][]) {
      confirmed.set(file, Math.max(size, confirmed.get(file) ?? 0))
    }
  }
  let lost = 0
  for (const [file, size] of confirmed) {
    const place = path.join(folder, file)
    const standing = fs.statSync(place, { throwIfNoEntry: false })?.size ?? 0
    if (standing <= size) continue
    lost += standing - size
    fs.truncateSync(place, size)
  }
  return lost
}

export function aofFolder(redis: RedisServer): string {
  return path.join(redis.dataDir, 'appendonlydir')
}
