import fc from 'fast-check'
import type { Row } from '../../src/protocol/row-codec.js'
import type { Acceptance } from '../../src/queue/accept.js'
import type { ChangeKind, SealedChange } from '../../src/queue/change.js'
import { type AcceptBench, changeOf, createAcceptBench, INT4, INT8, itemRow } from './support/accept-bench.js'
import { applyChange, openAsSealed, type Step, writeDirectly } from './support/accept-model.js'

let bench: AcceptBench
beforeEach(() => {
  bench = createAcceptBench()
})
afterEach(() => bench.close())

// Two rows of one shard and one of another; characters that mean something to keys, Lua or JSON.
const ROWS = ['l', 'row:{1}\n"\\,\u{1f600}', 'b']
const row = fc.constantFrom(...ROWS)
const n = fc.option(fc.integer({ min: -1000, max: 1000 }))
const big = fc.option(fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }))
const text = fc.constantFrom('', 'x', '=', '#alive', '{"a":1}', 'é\n:{}', '\u{1f600}', '0', '-1')
const s = fc.option(text)
const tags = fc.array(text, { maxLength: 3 })

const create = (id: string) => fc.record({ id: fc.constant(id), n, big, s, tags }) as fc.Arbitrary<Row>
const change = fc
  .record({
    n: fc.option(fc.oneof(n, fc.integer({ min: -9, max: 9 }).map(delta))),
    big: fc.option(fc.oneof(big, fc.bigInt({ min: -(2n ** 55n), max: 2n ** 55n }).map(delta))),
    s: fc.option(fc.record({ set: s })),
    tags: fc.option(
      fc.oneof(
        tags.map((set) => ({ set })),
        fc.array(text, { minLength: 1, maxLength: 2 }),
      ),
    ),
    setN: fc.boolean(),
    computeN: fc.option(
      fc.record({
        how: fc.constantFrom('+' as const, '*' as const, '/' as const),
        operand: fc.constantFrom(-3n, -1n, 1n, 2n, 7n, 90000n),
      }),
    ),
    computeBig: fc.option(
      fc.record({ how: fc.constant('+' as const), operand: fc.bigInt({ min: -(2n ** 55n), max: 2n ** 55n }) }),
    ),
  })
  .map((picked) => {
    const made = changeOf({ set: {}, add: {}, push: {} }) as {
      set: Row
      add: Record<string, unknown>
      push: Record<string, unknown>
      compute?: Record<string, unknown>
    }
    const compute: Record<string, unknown> = {}
    made.compute = compute
    for (const name of ['n', 'big'] as const) {
      const value = picked[name]
      if (value !== null && typeof value === 'object') {
        made.add[name] = { delta: value.delta, ...(name === 'n' ? INT4 : INT8) }
      } else if (value !== null || (name === 'n' && picked.setN)) made.set[name] = value
    }
    // A field stands in one of them.
    const free = (name: string) => !(name in made.set) && !(name in made.add)
    if (picked.computeN && free('n')) compute.n = { ...picked.computeN, ...INT4 }
    if (picked.computeBig && free('big')) compute.big = { ...picked.computeBig, ...INT8 }
    if (picked.s) made.set.s = picked.s.set
    if (Array.isArray(picked.tags)) made.push.tags = picked.tags
    else if (picked.tags) made.set.tags = picked.tags.set
    return made as ReturnType<typeof changeOf>
  })
const write = row.chain((id): fc.Arbitrary<Omit<Acceptance, 'facts'>> => {
  const base = { row: fc.constant(id) }
  return fc.oneof(
    fc.record({ ...base, operation: fc.constant('create' as const), create: create(id) }),
    { arbitrary: fc.record({ ...base, operation: fc.constant('update' as const), update: change }), weight: 3 },
    fc.record({ ...base, operation: fc.constant('upsert' as const), create: create(id), update: change }),
    fc.record({ ...base, operation: fc.constant('delete' as const) }),
  )
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: write.map((one) => ({ kind: 'write' as const, write: one })), weight: 6 },
  fc.constant({ kind: 'seal' as const }),
  fc.constant({ kind: 'apply' as const }),
)

function delta(amount: number | bigint) {
  return { delta: BigInt(amount) }
}

test('whatever is written, sealed and applied: the answers are those of one row changed at once, and what is sealed and open makes the database equal to it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      await bench.close()
      bench = createAcceptBench()
      const truth = new Map<string, Row | null>(ROWS.map((id) => [id, null]))
      const database = new Map<string, Row | null>(truth)
      truth.set('b', itemRow('b', { n: 7, s: 'was there' }))
      database.set('b', truth.get('b')!)
      for (const one of steps) {
        if (one.kind === 'write') await writeAndCompare(truth, database, one.write)
        else if (one.kind === 'seal') await seal()
        else await apply(database)
        for (const id of ROWS) await compare(id, truth.get(id)!, database.get(id)!)
      }
    }),
    { numRuns: 150, endOnFailure: false },
  )
}, 120_000)

async function writeAndCompare(
  truth: Map<string, Row | null>,
  database: ReadonlyMap<string, Row | null>,
  one: Omit<Acceptance, 'facts'>,
) {
  const existed = truth.get(one.row) !== null
  const expected = writeDirectly(truth.get(one.row)!, one)
  const before = openAsSealed(await bench.open(one.row))?.kind
  const dirty = await bench.redis.zcard(bench.shard(one.row).dirty)
  const sequence = Number((await bench.redis.get(bench.shard(one.row).sequence)) ?? 0)
  const reply = await bench.acceptOver(database.get(one.row)!, one)
  truth.set(one.row, expected.row)
  if (typeof expected.reply === 'string') {
    expect(reply).toEqual({ kind: expected.reply })
    return
  }
  const after = openAsSealed(await bench.open(one.row))
  expect(after?.kind).toBe(folded(before, one.operation, existed))
  expect(reply).toMatchObject({
    kind: 'accepted',
    sequence: sequence + 1,
    row: expected.reply,
    complete: true,
    opened: dirty === 0 && after !== undefined,
    base: { wide: 'w', epoch: 'e' },
  })
  if (after) expect(after.last).toBe(sequence + 1)
}

/** Kind of the open change after a write that was accepted. */
function folded(
  before: ChangeKind | undefined,
  operation: Acceptance['operation'],
  existed: boolean,
): ChangeKind | undefined {
  if (operation === 'delete') return before === 'C' ? undefined : 'D'
  if (before === 'D') return 'R'
  return before ?? (existed ? 'U' : 'C')
}

/** Pending row, open and sealed change and dirty set of a row agree with each other and with the truth. */
async function compare(id: string, truth: Row | null, database: Row | null) {
  const open = openAsSealed(await bench.open(id))
  const sealedText = await bench.redis.hget(bench.shard(id).sealed, id)
  const sealed = sealedText ? (JSON.parse(sealedText) as SealedChange) : undefined
  const pending = await bench.pending(id)
  expect(pending.kind).toBe(open || sealed ? 'pending' : 'none')
  if (pending.kind === 'pending') expect(pending.row).toEqual(truth)
  expect(await bench.redis.zscore(bench.shard(id).dirty, id)).toBe(open ? String(open.first) : null)
  const withSealed = sealed ? applyChange(database, sealed) : database
  expect(open ? applyChange(withSealed, open) : withSealed).toEqual(truth)
}

async function seal() {
  for (const shard of new Set(ROWS.map(bench.shard))) {
    if ((await bench.redis.hlen(shard.sealed)) > 0) continue
    for (const id of await bench.redis.zrange(shard.dirty, '0', '-1')) {
      const open = openAsSealed(await bench.open(id))!
      await bench.redis.hset(shard.sealed, '#number', '1', id, JSON.stringify(open))
      await bench.redis.del(bench.keys.openChange('Item', id))
    }
    await bench.redis.del(shard.dirty)
  }
}

async function apply(database: Map<string, Row | null>) {
  for (const id of ROWS) {
    const text = await bench.redis.hget(bench.shard(id).sealed, id)
    if (!text) continue
    database.set(id, applyChange(database.get(id)!, JSON.parse(text)))
    if ((await bench.redis.exists(bench.keys.openChange('Item', id))) === 0) {
      await bench.redis.del(bench.keys.pendingRow('Item', id))
    }
  }
  for (const shard of new Set(ROWS.map(bench.shard))) await bench.redis.del(shard.sealed)
}
