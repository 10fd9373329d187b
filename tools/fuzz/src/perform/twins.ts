import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import { PrismaPg } from '@prisma/adapter-pg'
import { createDatabase, databaseUrl, diffFromEmpty, dropDatabase } from '@prisma-cache/servers'
import pg from 'pg'
import { createManyRow } from '../generate/scalars.js'
import { SEQUENCE_START } from '../generate/values.js'
import { createRandom } from '../random.js'
import type { Models } from '../schema/models.js'
import type { Subject } from '../schema/subject.js'
import { callOn, type DynamicClient } from './client.js'

/** A database with schema and first rows, of which twins are copied. */
export interface Template {
  /** Two databases that are the same, row by row and sequence by sequence. */
  twins(): Promise<Twins>
  drop(): Promise<void>
}

export interface Twins {
  /** Names the twins; free for use as a namespace. */
  readonly name: string
  readonly cachedUrl: string
  readonly plainUrl: string
  drop(): Promise<void>
}

/** First rows of each model, made of this seed whatever the run's own. */
const FIRST_ROWS_SEED = 1
const FIRST_ROWS = 4

export async function createTemplate(server: string, subject: Subject, models: Models): Promise<Template> {
  const name = `fuzz_${randomBytes(6).toString('hex')}`
  const url = await createDatabase(server, name)
  await makeTables(url, subject)
  await makeRows(url, subject, models)
  let made = 0
  return {
    async twins() {
      const twin = `${name}_${++made}`
      const [cached, plain] = [`${twin}_a`, `${twin}_b`]
      await createDatabase(server, cached, { template: name })
      await createDatabase(server, plain, { template: name })
      return {
        name: twin,
        cachedUrl: databaseUrl(server, cached),
        plainUrl: databaseUrl(server, plain),
        async drop() {
          await dropDatabase(server, cached)
          await dropDatabase(server, plain)
        },
      }
    },
    drop: () => dropDatabase(server, name),
  }
}

/** Arrays and nested writes, too, wait for a connection, and run, for as long as a busy machine makes them. */
const transactionOptions = { maxWait: 60_000, timeout: 60_000 }

export function connect(subject: Subject, url: string, options: object = {}): DynamicClient {
  const Client = subject.PrismaClient as new (options: object) => object
  const adapter = new PrismaPg({ connectionString: url, max: 4 })
  return new Client({ adapter, transactionOptions, ...options }) as DynamicClient
}

async function makeTables(url: string, subject: Subject): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(await diffFromEmpty(fs.realpathSync(subject.schemaPath)))
  } finally {
    await client.end()
  }
}

/** Parents may come after their children in the schema: what is refused at first is tried again. */
async function makeRows(url: string, subject: Subject, models: Models): Promise<void> {
  const client = connect(subject, url)
  const context = { random: createRandom(FIRST_ROWS_SEED), models }
  const rows = models.list.flatMap((model) =>
    Array.from({ length: FIRST_ROWS }, (_, i) => {
      const row = createManyRow(context, model)
      // The first few keys all stand.
      for (const name of model.key.fields) if (model.field(name).type === 'Int') row[name] = i + 1
      return { model: model.name, row }
    }),
  )
  try {
    for (const { model, row } of [...rows, ...rows]) {
      await Promise.resolve(callOn(client, model, 'createMany', { data: [row], skipDuplicates: true })).catch(() => {})
    }
    for (const model of models.list) {
      for (const field of model.fields.filter((one) => one.default?.by === 'database')) {
        await client.$queryRawUnsafe(
          `SELECT setval(pg_get_serial_sequence('"${model.facts.dbName}"', '${field.dbName}'), ${SEQUENCE_START})::text`,
        )
      }
    }
  } finally {
    await client.$disconnect()
  }
}
