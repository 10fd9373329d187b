import type { Lane } from '../measure/race.js'
import { spread } from '../measure/spread.js'
import { peerFind } from '../peers/peer.js'
import { rowId, type Stage } from '../stage/stage.js'
import type { BenchCase } from './bench-case.js'
import { curveCase } from './curve-case.js'
import { entryOf } from './entry-of.js'
import { heapOf } from './heap-of.js'

const peerOf = ({ peers }: Stage) => peers.find(({ keeps }) => keeps === 'redis')!

const widths = curveCase({
  name: 'hits, by how many are asked for at a time',
  along: 'at a time',
  at: [1, 8, 32, 128],
  width: (place) => place,
  operations: (place) => (place > 1 ? 6000 : 2000),
  async prepare(stage) {
    const { cached, plain, rows } = stage
    const peer = peerOf(stage)
    const near = (n: number) => cached.nearby.findUnique({ where: { id: rowId(stage, n) } })
    const redis = (n: number) => cached.through.findUnique({ where: { id: rowId(stage, n) } })
    // The first of all makes the versions, and one that comes after the pushes of that is kept.
    for (let round = 0; round < 3; round++) for (let n = 0; n < rows; n++) await near(n)
    for (let n = 0; n < rows; n++) {
      await redis(n)
      await peerFind(peer, rowId(stage, n))
    }
    return {
      'near hit': near,
      'Redis hit': redis,
      [peer.name]: (n) => peerFind(peer, rowId(stage, n)),
      'plain findUnique': (n) => plain.through.findUnique({ where: { id: rowId(stage, n) } }),
    }
  },
})

/** Rows of one size a place: enough that no lane asks for the same one twice in a row. */
const ROWS = 20
const SIZES = [100, 1_000, 10_000, 100_000]
const sized = (size: number, n: number) => `sized-${size}-${n % ROWS}`

async function makeSized(stage: Stage, size: number): Promise<void> {
  const data = Array.from({ length: ROWS }, (_, n) => ({ id: sized(size, n), owner: 'x'.repeat(size), balance: 1 }))
  await stage.plain.through.createMany({ data, skipDuplicates: true })
  await stage.plain.nearby.createMany({ data, skipDuplicates: true })
}

const payloads = curveCase({
  name: 'hits, by bytes of the row',
  along: 'bytes of text in the row',
  at: SIZES,
  width: () => 1,
  operations: (size) => (size > 10_000 ? 500 : 2000),
  async prepare(stage, size): Promise<Readonly<Record<string, Lane>>> {
    await makeSized(stage, size)
    const { cached, plain, redis } = stage
    const peer = peerOf(stage)
    const near = (n: number) => cached.nearby.findUnique({ where: { id: sized(size, n) } })
    const hit = (n: number) => cached.through.findUnique({ where: { id: sized(size, n) } })
    for (let round = 0; round < 3; round++) for (let n = 0; n < ROWS; n++) await near(n)
    for (let n = 0; n < ROWS; n++) {
      await hit(n)
      await peerFind(peer, sized(size, n))
    }
    const { value } = await entryOf(stage, 'Through', { id: sized(size, 0) })
    const bare = (n: number) => `bare:${sized(size, n)}`
    await Promise.all(Array.from({ length: ROWS }, (_, n) => redis.set(bare(n), value)))
    return {
      'near hit': near,
      'Redis hit': hit,
      'bare GET': (n) => redis.get(bare(n)),
      [peer.name]: (n) => peerFind(peer, sized(size, n)),
      'plain findUnique': (n) => plain.through.findUnique({ where: { id: sized(size, n) } }),
    }
  },
})

/** What one cached row takes, in Redis and as a near copy in the process, beside its JSON. */
const memory: BenchCase = {
  row: 'scale',
  name: 'memory of a cached row, by bytes of the row',
  async measure(stage) {
    const series = { 'JSON.stringify of the row': [], 'in Redis, key and all': [], 'in the process, near copy': [] }
    const of: Record<keyof typeof series, ReturnType<typeof spread>[]> = series
    for (const size of SIZES) {
      await makeSized(stage, size)
      const row = await stage.plain.through.findUniqueOrThrow({ where: { id: sized(size, 0) } })
      const { key } = await entryOf(stage, 'Through', { id: sized(size, 0) })
      of['JSON.stringify of the row'].push(spread([Buffer.byteLength(JSON.stringify(row))]))
      of['in Redis, key and all'].push(spread([(await stage.redis.memory('USAGE', key)) ?? 0]))
      of['in the process, near copy'].push(spread([await nearCopy(stage, size)]))
    }
    return {
      unit: 'bytes',
      lanes: {},
      ratios: [],
      curve: { along: 'bytes of text in the row', at: SIZES, series: of },
      notes: ['of a near copy: the heap after a collection, before and after so many copies, by their number'],
    }
  },
}

interface Hit {
  readonly source: string
}

/** By another client, which has no copies yet. */
async function nearCopy(stage: Stage, size: number): Promise<number> {
  const count = Math.max(100, Math.min(2000, 20_000_000 / size))
  const id = (n: number) => `heap-${size}-${n}`
  const data = Array.from({ length: count }, (_, n) => ({ id: id(n), owner: 'x'.repeat(size), balance: 1 }))
  await stage.plain.nearby.createMany({ data })
  // Entries and versions are made by a client whose copies are not counted.
  for (let n = 0; n < count; n++) await stage.cached.nearby.findUnique({ where: { id: id(n) } })
  const other = await stage.another()
  const { $cache } = other.prisma as unknown as { $cache: { on(name: 'hit', told: (hit: Hit) => void): void } }
  let near = 0
  $cache.on('hit', ({ source }) => {
    if (source === 'near') near++
  })
  await other.prisma.nearby.findUnique({ where: { id: rowId(stage, 0) } })
  const before = heapOf()
  // Until a whole round is answered by copies: before, not every one of them is there.
  for (let round = 0; near < count; round++) {
    if (round === 20) throw new Error(`only ${near} of ${count} rows of ${size} bytes are answered by near copies`)
    near = 0
    for (let n = 0; n < count; n++) await other.prisma.nearby.findUnique({ where: { id: id(n) } })
  }
  const after = heapOf()
  await other.close()
  await stage.plain.nearby.deleteMany({ where: { id: { startsWith: `heap-${size}-` } } })
  return (after - before) / count
}

export const scale = [widths, payloads, memory]
