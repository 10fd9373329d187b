import path from 'node:path'
import {
  describeMismatch,
  emulated,
  type Fuzz,
  openFuzz,
  type PolicyMode,
  regressions,
  relations,
  type Subject,
  tree,
  types,
} from '../../../../tools/fuzz/src/index.js'
import { policies } from '../prisma/generated/cache/index.js'
import { PrismaClient } from '../prisma/generated/prisma/client.js'

const strategies: Subject = {
  name: 'strategies',
  PrismaClient,
  policies,
  schemaPath: path.resolve(import.meta.dirname, '../prisma/schema.prisma'),
  exclude: ['PrismaCacheLedger'],
}

/** Hundreds of operations, some of which wait for a flush: what a loaded machine takes for them is no failure. */
const TIMEOUT_MS = 180_000

const opened = new Map<Subject['name'], Fuzz>()
beforeAll(async () => {
  for (const subject of [strategies, relations, types, tree, emulated]) {
    const [databaseUrl, redisUrl] = [process.env.TEST_DATABASE_URL!, process.env.TEST_REDIS_URL!]
    opened.set(subject.name, await openFuzz({ subject, databaseUrl, redisUrl }))
  }
})
afterAll(() => Promise.all([...opened.values()].map((fuzz) => fuzz.close())))

// A short slice of `pnpm fuzz`, which runs as long as it is told to.
test.each<[Subject['name'], PolicyMode, number]>([
  ['strategies', 'as-annotated', 1],
  ['tree', 'strong', 2],
  ['relations', 'writeBehind', 3],
  ['relations', 'mixed', 4],
  ['strategies', 'fields', 5],
  ['types', 'queue', 6],
  ['emulated', 'reads', 7],
  ['tree', 'rolling', 8],
  ['relations', 'columns', 9],
])(
  '%s, %s, seed %d: cached and plain clients agree',
  async (schema, mode, seed) => {
    const fuzz = opened.get(schema)!
    const round = { seed, mode }
    const { failure, reads, atRest, counts } = await fuzz.run(round, fuzz.generate(round, 110))
    expect(failure && describeMismatch(failure.mismatch)).toBeUndefined()
    expect(reads).toBeGreaterThan(80)
    expect(atRest).toBeGreaterThan(10)
    // None of them walked over what Redis holds, or there were a failure.
    expect(counts.commands).toBeGreaterThan(500)
    // What may not be kept is asked of Postgres.
    expect(counts.hits - atRest).toBeGreaterThan(reads / (mode === 'fields' ? 20 : 5))
  },
  TIMEOUT_MS,
)

test.each(regressions)(
  'once went wrong: $cause',
  async ({ schema, mode, seed, log }) => {
    const { failure } = await opened.get(schema)!.run({ seed, mode }, log)
    expect(failure && describeMismatch(failure.mismatch)).toBeUndefined()
  },
  TIMEOUT_MS,
)
