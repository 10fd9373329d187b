import { PrismaPg } from '@prisma/adapter-pg'
import {
  callSiteOf,
  clientOmitOf,
  delegateOf,
  emulatesRelations,
  hasComputedFields,
  isExtended,
  isTraced,
  modelNamesOf,
  replaceOperation,
  requestOf,
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

test('an operation that is replaced is so on that client alone', async () => {
  const client = bench.plain().$extends({ name: 'one' })
  replaceOperation(client, 'Team', 'count', (own) => (args) => own(args).then((count) => `${count} counted`))
  expect(await client.team.count()).toBe('0 counted')
  expect(await client.$extends({ name: 'other' }).team.count()).toBe(0)
  await client.$transaction(async (tx) => expect(await tx.team.count()).toBe(0))
})

test('what extensions have a part in', () => {
  const plain = bench.plain()
  expect(isExtended(plain, 'Team', 'findMany')).toBe(false)
  expect(isExtended({}, 'Team', 'findMany')).toBe(true)
  const pass = ({ args, query }: { args: unknown; query(args: unknown): unknown }) => query(args)
  const parts: readonly [object, boolean][] = [
    [{ query: { team: { findMany: pass } } }, true],
    [{ query: { $allModels: { $allOperations: pass } } }, true],
    [{ query: { $allOperations: pass } }, true],
    [{ query: { user: { findMany: pass }, team: { findFirst: pass } } }, false],
    [{ model: { team: { findMany: pass } } }, true],
    [{ model: { $allModels: { findMany: pass } } }, true],
    [{ model: { user: { findMany: pass } }, client: { findMany: pass } }, false],
  ]
  for (const [extension, expected] of parts) {
    const client = plain.$extends(extension).$extends({ name: 'later' })
    expect([extension, isExtended(client, 'Team', 'findMany')]).toEqual([extension, expected])
  }
  const computed = plain.$extends({ result: { team: { loud: { needs: { name: true }, compute: () => '!' } } } })
  expect([hasComputedFields(computed, 'Team'), hasComputedFields(computed, 'User')]).toEqual([true, false])
  expect(hasComputedFields(plain, 'Team')).toBe(false)
  expect(hasComputedFields(plain.$extends({ result: { $allModels: { x: { compute: () => 1 } } } }), 'Team')).toBe(true)
  expect(isTraced(plain)).toBe(false)
  expect(isTraced({})).toBe(true)
})

test('a request with the place of a call', async () => {
  const plain = bench.plain()
  const findFirst = requestOf(plain, 'Team', 'findFirstOrThrow')!
  const here = callSiteOf(plain, () => {})
  await expect(findFirst({ where: { id: -1 } }, here)).rejects.toMatchObject({ code: 'P2025' })
  expect(requestOf({}, 'Team', 'findMany')).toBeUndefined()
})
