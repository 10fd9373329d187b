import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics'
import { definePolicies, writeBehind } from 'prisma-cache'
import { createMetrics } from 'prisma-cache/metrics'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies as generated } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'

const policies = definePolicies(generated, {
  Counter: writeBehind({ ttl: '1m', flushEvery: '10m', durability: 'memory', maxPending: 400 }),
})

class Pulled extends MetricReader {
  protected override async onForceFlush() {}
  protected override async onShutdown() {}
}

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  await bench.plain().$executeRaw`alter table "Counter" add constraint "no_minus" check (hits >= 0)`
})
afterAll(() => bench.close())

/** `name{a="1",b="2"}` → value, of every sample. */
function samples(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

test('a client and a worker tell what they did, and the stock, to Prometheus and to OpenTelemetry', async () => {
  const { prisma } = extend(bench, { policies })
  const reader = new Pulled()
  const provider = new MeterProvider({ readers: [reader] })
  const ofClient = createMetrics(prisma.$cache, { meter: provider.getMeter('client') })
  expect(await ofClient.prometheus()).toContain('prisma_cache_pending_rows{model="Counter"} 0')

  await prisma.counter.create({ data: { id: 'a', label: 'quo"te' } })
  await prisma.counter.update({ where: { id: 'a' }, data: { hits: { increment: 1 } } })
  await prisma.counter.create({ data: { id: 'bad', hits: -1 } })
  await prisma.counter.findUnique({ where: { id: 'a' } })
  await prisma.user.findUnique({ where: { id: 1 } })

  const text = await ofClient.prometheus()
  const found = samples(text)
  expect(text).toMatch(/^# HELP prisma_cache_accepts_total .+\n# TYPE prisma_cache_accepts_total counter$/m)
  expect(text.endsWith('\n')).toBe(true)
  expect(
    Object.fromEntries([...found].filter(([name]) => /accepts|hits|misses|link|limit|pending_rows\{/.test(name))),
  ).toMatchObject({
    'prisma_cache_accepts_total{model="Counter",operation="create"}': 2,
    'prisma_cache_accepts_total{model="Counter",operation="update"}': 1,
    'prisma_cache_hits_total{model="Counter",source="pending",age="fresh"}': 1,
    'prisma_cache_misses_total{model="User",reason="absent"}': 1,
    'prisma_cache_pending_rows{model="Counter"}': 2,
    'prisma_cache_pending_rows_limit{model="Counter"}': 400,
    'prisma_cache_pending_rows{model="Room"}': 0,
    prisma_cache_link_up: 1,
  })
  expect(found.get('prisma_cache_pending_oldest_seconds{model="Counter"}')).toBeGreaterThan(0)
  expect(found.get('prisma_cache_pending_oldest_seconds{model="Counter"}')).toBeLessThan(30)

  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
    sweepEveryMs: 600_000,
  })
  bench.onClose(() => worker.close())
  const ofWorker = createMetrics(worker, { meter: provider.getMeter('worker') })
  await expect(prisma.$cache.flush('Counter')).rejects.toMatchObject({ code: 'PC1303' })
  const flushed = samples(await ofWorker.prometheus())
  expect(flushed.get('prisma_cache_flushed_rows_total{model="Counter"}')).toBe(2)
  expect(flushed.get('prisma_cache_rejects_total{model="Counter"}')).toBe(1)
  expect(flushed.get('prisma_cache_rejected_rows_kept{model="Counter"}')).toBe(1)
  expect(flushed.get('prisma_cache_pending_rows{model="Counter"}')).toBe(0)
  expect(flushed.get('prisma_cache_drain_rows_per_second{model="Counter"}')).toBeGreaterThan(0)
  const batches = flushed.get('prisma_cache_flush_seconds_count{model="Counter"}')!
  expect(flushed.get('prisma_cache_flush_seconds_bucket{model="Counter",le="+Inf"}')).toBe(batches)
  const buckets = [...flushed]
    .filter(([name]) => name.startsWith('prisma_cache_flush_seconds_bucket'))
    .map(([, n]) => n)
  expect(buckets).toEqual([...buckets].sort((a, b) => a - b))

  const { resourceMetrics, errors } = await reader.collect()
  expect(errors).toEqual([])
  const points = (scope: string, name: string) =>
    resourceMetrics.scopeMetrics
      .find((one) => one.scope.name === scope)
      ?.metrics.find(({ descriptor }) => descriptor.name === name)
      ?.dataPoints.map(({ attributes, value }) => ({ ...attributes, value }))
  expect(points('client', 'prisma_cache_accepts')).toContainEqual({ model: 'Counter', operation: 'create', value: 2 })
  expect(points('client', 'prisma_cache_link_up')).toEqual([{ value: 1 }])
  expect(points('worker', 'prisma_cache_flushed_rows')).toContainEqual({ model: 'Counter', value: 2 })
  expect(points('worker', 'prisma_cache_rejected_rows_kept')).toContainEqual({ model: 'Counter', value: 1 })
  expect(points('worker', 'prisma_cache_flush_seconds')).toMatchObject([
    { model: 'Counter', value: { count: batches } },
  ])

  ofClient.close()
  await prisma.counter.create({ data: { id: 'later' } })
  expect(
    samples(await ofClient.prometheus()).get('prisma_cache_accepts_total{model="Counter",operation="create"}'),
  ).toBe(2)
  await provider.shutdown()
})

test('without Redis what only the queue knows is left out, and the rest is told', async () => {
  const { prisma } = extend(bench, { policies, redis: 'redis://127.0.0.1:1' })
  const metrics = createMetrics(prisma.$cache)
  await prisma.user.findUnique({ where: { id: 1 } })
  const found = samples(await metrics.prometheus())
  expect(Object.fromEntries(found)).toEqual({
    prisma_cache_link_up: 0,
    'prisma_cache_bypasses_total{model="User",reason="redis-down"}': 1,
  })
})
