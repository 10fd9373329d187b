import fs from 'node:fs'
import path from 'node:path'
import pg from 'pg'
import {
  createDatabase,
  databaseUrl,
  diffFromEmpty,
  dropDatabase,
  migrate,
  migrationStatus,
  writeFirstMigration,
} from '../../src/index.js'
import { removeTemporary, temporary } from '../support/temporary.js'

const server = process.env.TEST_DATABASE_URL!
const name = `migrate_${process.pid}`
const SCHEMA = `datasource db {
  provider = "postgresql"
}

model Account {
  id      String  @id
  balance Decimal @db.Decimal(12, 2)
}
`

let folder: string
let url: string

beforeEach(async () => {
  folder = temporary()
  fs.writeFileSync(path.join(folder, 'schema.prisma'), SCHEMA)
  url = await createDatabase(server, name)
})
afterEach(() => dropDatabase(server, name))
afterAll(removeTemporary)

const source = () => ({
  databaseUrl: url,
  schemaPath: path.join(folder, 'schema.prisma'),
  migrationsDir: path.join(folder, 'migrations'),
})

const first = () => writeFirstMigration({ ...source(), name: 'The bank', now: new Date('2026-01-02T03:04:05Z') })

it('writes a first migration, applies it once, and says what is not applied', async () => {
  expect(await first()).toMatchObject({ kind: 'written' })
  expect(await first()).toEqual({ kind: 'exists', last: '20260102030405_the_bank' })
  const clean = { unapplied: [], missing: [], failed: [], edited: [] }
  expect(await migrationStatus(source())).toEqual({ ...clean, unapplied: ['20260102030405_the_bank'] })
  expect(await migrate(source())).toEqual(['20260102030405_the_bank'])
  expect(await migrate(source())).toEqual([])
  expect(await migrationStatus(source())).toEqual(clean)
  expect(await rows('SELECT migration_name, applied_steps_count FROM _prisma_migrations')).toEqual([
    { migration_name: '20260102030405_the_bank', applied_steps_count: 1 },
  ])
})

it('applies once where several begin at the same moment', async () => {
  await first()
  const applied = await Promise.all([migrate(source()), migrate(source()), migrate(source())])
  expect(applied.flat()).toEqual(['20260102030405_the_bank'])
})

it('says what failed, and which migration blocks the next', async () => {
  await first()
  fs.writeFileSync(path.join(folder, 'migrations/20260102030405_the_bank/migration.sql'), 'CREATE TABLE (')
  await expect(migrate(source())).rejects.toMatchObject({
    code: 'PC5023',
    reason: expect.stringContaining('20260102030405_the_bank'),
  })
  expect(await migrationStatus(source())).toMatchObject({ failed: ['20260102030405_the_bank'] })
})

it('names what is missing', async () => {
  await expect(migrate(source())).rejects.toMatchObject({ code: 'PC5022' })
  await expect(migrate({ ...source(), schemaPath: path.join(folder, 'no.prisma') })).rejects.toMatchObject({
    code: 'PC5021',
  })
})

it('gives the SQL of a schema with no database, and the place of a mistake in it', async () => {
  expect(await diffFromEmpty([['schema.prisma', SCHEMA]])).toContain('"balance" DECIMAL(12,2) NOT NULL')
  await expect(diffFromEmpty([['schema.prisma', SCHEMA.replace('Decimal ', 'Dezimal ')]])).rejects.toMatchObject({
    code: 'PC5024',
    reason: expect.stringContaining('schema.prisma:7'),
  })
})

it('copies a database from a template', async () => {
  await first()
  await migrate(source())
  const copy = await createDatabase(server, `${name}_copy`, { template: name })
  expect(await migrationStatus({ ...source(), databaseUrl: copy })).toMatchObject({ unapplied: [] })
  expect(copy).toBe(databaseUrl(url, `${name}_copy`))
  await dropDatabase(server, `${name}_copy`)
})

async function rows(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const result = await client.query(sql)
  await client.end()
  return result.rows
}
