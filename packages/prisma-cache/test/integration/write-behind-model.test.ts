import fc from 'fast-check'
import { definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'

/** A compound key, and nothing is flushed before a step asks for it. */
const policies = definePolicies(generated, {
  Setting: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory', maxBatch: 2 }),
})

let bench: Bench
let clients: Extended[]
beforeAll(async () => {
  bench = await createBench()
  const shared = { policies, redis: bench.redisUrl, namespace: bench.namespace }
  const worker = await startFlushWorker({ ...shared, prisma: bench.plain(), sweepEveryMs: 600_000 })
  bench.onClose(() => worker.close())
  clients = [extend(bench, { policies }).prisma, extend(bench, { policies }).prisma]
})
afterAll(() => bench.close())

interface Key {
  readonly scope: string
  readonly key: string
}
interface Step {
  readonly kind: 'create' | 'update' | 'upsert' | 'delete' | 'move' | 'read' | 'flush' | 'flushRow'
  readonly client: number
  readonly key: Key
  readonly to: Key
  readonly value: number
}

// Parts that mean something to row ids.
const key = fc.record({ scope: fc.constantFrom('a', 'a,b'), key: fc.constantFrom('x', '\\,') })
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('create', 'update', 'update', 'upsert', 'delete', 'move', 'read', 'flush', 'flushRow'),
  client: fc.nat({ max: 1 }),
  key,
  to: key,
  value: fc.nat({ max: 99 }),
})
const nameOf = ({ scope, key }: Key) => JSON.stringify([scope, key])

/** What Prisma would answer, over a plain map. */
function expected(map: Map<string, number>, { kind, key, to, value }: Step): unknown {
  const id = nameOf(key)
  const had = map.get(id)
  switch (kind) {
    case 'create':
      if (had !== undefined) return 'P2002'
      map.set(id, value)
      return { ...key, value }
    case 'update':
      if (had === undefined) return 'P2025'
      map.set(id, value)
      return { ...key, value }
    case 'upsert':
      map.set(id, had === undefined ? value : value + 100)
      return { ...key, value: map.get(id) }
    case 'delete':
      if (had === undefined) return 'P2025'
      map.delete(id)
      return { ...key, value: had }
    case 'move': {
      if (had === undefined) return 'P2025'
      if (nameOf(to) !== id && map.has(nameOf(to))) return 'P2002'
      map.delete(id)
      map.set(nameOf(to), had)
      return { ...to, value: had }
    }
    case 'read':
      return had === undefined ? null : { ...key, value: had }
    default:
      return undefined
  }
}

async function perform(step: Step): Promise<unknown> {
  const prisma = clients[step.client]!
  const { kind, key, to, value } = step
  const where = { scope_key: key }
  const answer = (): PromiseLike<unknown> => {
    switch (kind) {
      case 'create':
        return prisma.setting.create({ data: { ...key, value } })
      case 'update':
        return prisma.setting.update({ where, data: { value } })
      case 'upsert':
        return prisma.setting.upsert({ where, create: { ...key, value }, update: { value: value + 100 } })
      case 'delete':
        return prisma.setting.delete({ where })
      case 'move':
        return prisma.setting.update({ where, data: to })
      case 'read':
        return prisma.setting.findUnique({ where })
      case 'flush':
        return prisma.$cache.flush('Setting')
      case 'flushRow':
        return prisma.$cache.flush('Setting', where)
    }
  }
  try {
    return await answer()
  } catch (error) {
    return (error as { code?: string }).code ?? error
  }
}

test('whatever is written of rows with a compound key, moved, deleted and made again, flushed or not: a plain map', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      await clients[0]!.$cache.flush()
      await clients[0]!.setting.deleteMany()
      const map = new Map<string, number>()
      for (const one of steps) expect(await perform(one)).toEqual(expected(map, one))
      await clients[1]!.$cache.flush()
      const rows = await bench.plain().setting.findMany()
      expect(new Map(rows.map((row) => [nameOf(row), row.value]))).toEqual(map)
    }),
    { numRuns: 12 },
  )
}, 120_000)
