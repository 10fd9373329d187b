import { PrismaPg } from '@prisma/adapter-pg'
import {
  clientOmitOf,
  delegateOf,
  emulatesRelations,
  modelNamesOf,
  type TransactionOfOperation,
  transactionIdOf,
  transactionOf,
} from '../../src/extension/prisma-internals.js'
import { PrismaClient } from '../prisma/generated/prisma/client.js'
import { PrismaClient as EmulatingClient } from '../prisma-emulated/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

/** A client that notes how each operation stands to transactions. */
function noting() {
  const seen: TransactionOfOperation[] = []
  const client = bench.plain().$extends({
    query: {
      async $allOperations(hook) {
        seen.push(transactionOf(hook))
        return await hook.query(hook.args)
      },
    },
  })
  return { client, seen }
}

test('an operation outside, in an array and in an interactive transaction; raw ones too', async () => {
  const { client, seen } = noting()
  await client.team.count()
  await client.$transaction([client.team.count(), client.$queryRaw`select 1`])
  const ids: (string | undefined)[] = []
  await client.$transaction(async (tx) => {
    await tx.team.count()
    await tx.$queryRaw`select 1`
    ids.push(transactionIdOf(tx))
    await (tx as unknown as typeof client).$transaction(async (inner) => {
      await inner.team.count()
      ids.push(transactionIdOf(inner))
    })
    await client.team.count()
  })
  expect(seen).toEqual([
    { kind: 'none' },
    { kind: 'batch' },
    { kind: 'batch' },
    ...Array(3).fill({ kind: 'interactive', id: ids[0] }),
    { kind: 'none' },
  ])
  expect(ids).toEqual([expect.any(String), ids[0]])
  expect(transactionIdOf(client)).toBeUndefined()
})

test('the models of a client, its omit, and the operations of one model', async () => {
  const client = new PrismaClient({
    adapter: new PrismaPg({ connectionString: bench.databaseUrl }),
    omit: { user: { name: true } },
  })
  expect(modelNamesOf(client)).toEqual(expect.arrayContaining(['User', 'PrismaCacheLedger']))
  expect(modelNamesOf({})).toBeUndefined()
  expect(clientOmitOf(client)).toEqual({ user: { name: true } })
  expect(clientOmitOf(bench.plain())).toEqual({})
  expect(await delegateOf(client, 'PrismaCacheLedger').findUnique({ where: { shard: 'none' } })).toBeNull()
  await client.$disconnect()
})

test('whether Prisma does what foreign keys would', async () => {
  const emulating = new EmulatingClient({ adapter: new PrismaPg({ connectionString: bench.databaseUrl }) })
  expect(emulatesRelations(emulating)).toBe(true)
  expect(emulatesRelations(bench.plain())).toBe(false)
  expect(emulatesRelations({})).toBe(true)
})
