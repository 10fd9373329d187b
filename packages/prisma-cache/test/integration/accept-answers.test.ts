import fc from 'fast-check'
import { Redis } from 'ioredis'
import { planAccept } from '../../src/planner/plan-accept.js'
import { createKeys } from '../../src/protocol/keys.js'
import { accept } from '../../src/queue/accept.js'
import { policies } from '../prisma/generated/cache/index.js'
import { Prisma } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
}, 60_000)
afterAll(() => bench.close())

/** Now and then a value that goes direct. */
const rarely = <T>(odd: readonly T[], one: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 60, arbitrary: one }, { weight: 1, arbitrary: fc.constantFrom(...odd) })
const text = rarely(
  ['a\0b'],
  fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }).map((any) => any.replaceAll('\0', '')),
    fc.constantFrom('', ' ', '=', '{a}:b', 'x\ny', '\u{1f600}', 'null', '0', '\\', '"'),
  ),
)
const jsonText = fc.string({ maxLength: 5 })
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(true, 0, -1.5, 1e21, 123456789012345),
    fc.integer().map((n) => n / 64),
    fc.double({ noNaN: true, min: -1, max: 1 }).map((n) => Number(n.toPrecision(15))),
    jsonText,
    fc.array(fc.option(tie('value')), { maxLength: 3 }),
    fc.dictionary(rarely(['$type', '__proto__'], jsonText), fc.option(tie('value')), { maxKeys: 3 }),
  ),
})).value
const int = rarely([2147483648, 0.5], fc.oneof(fc.integer(), fc.constantFrom(0, 2147483647, -2147483648)))
const bigint = rarely<number | bigint>(
  [2n ** 63n, 2 ** 53],
  fc.oneof(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.maxSafeInteger(), fc.constant(2n ** 63n - 1n)),
)
const float = rarely(
  [-0, Number.MAX_VALUE, Number.NaN],
  fc.oneof(fc.double({ noNaN: true, min: -1e18, max: 1e18 }), fc.integer(), fc.constantFrom(0.1, 1e-320, 5e-324)),
)
const decimal = rarely<string | number | Prisma.Decimal>(
  [0.1 + 0.2, '1e3', '0.00000000001'],
  fc.oneof(
    fc
      .tuple(fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n }), fc.nat(9_999_999))
      .map(([whole, part]) => `${whole}.${part}`),
    fc.integer({ min: -1e6, max: 1e6 }).map((n) => n / 64),
    fc.integer().map((n) => new Prisma.Decimal(n).div(128)),
  ),
)
const time = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59.999Z'),
  noInvalidDate: true,
})
const orText = (dates: fc.Arbitrary<Date>) => dates.chain((at) => fc.constantFrom<Date | string>(at, at.toISOString()))
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 3 })
const columns = {
  s: text,
  b: fc.boolean(),
  i: int,
  l: bigint,
  f: float,
  d: decimal,
  t: orText(time),
  tz: orText(time),
  y: fc.uint8Array({ maxLength: 8 }).map((bytes) => new Uint8Array(bytes)),
  e: fc.constantFrom('FREE', 'PAID'),
  uuid: fc.uuid(),
}
const lists = { strings: list(text), ints: list(int), big: list(bigint) }
const nullable = Object.fromEntries(
  Object.entries(columns).map(([name, one]) => [name, fc.option(one as fc.Arbitrary<unknown>)]),
)
const created = fc.record({ ...nullable, j: json, ...lists }, { requiredKeys: [] })
const orSet = (one: fc.Arbitrary<unknown>) =>
  fc.oneof(
    one,
    one.map((set) => ({ set })),
  )
const changed = fc.record(
  {
    ...Object.fromEntries(Object.entries(nullable).map(([name, one]) => [name, orSet(one)])),
    i: fc.oneof(
      orSet(int),
      fc.integer({ min: -9, max: 9 }).map((increment) => ({ increment })),
    ),
    l: fc.oneof(
      orSet(bigint),
      fc.bigInt({ min: -9n, max: 9n }).map((decrement) => ({ decrement })),
    ),
    j: json,
    strings: fc.oneof(
      orSet(lists.strings),
      list(text).map((push) => ({ push })),
      text.map((push) => ({ push })),
    ),
    ints: fc.oneof(
      orSet(lists.ints),
      list(int).map((push) => ({ push })),
    ),
    big: fc.oneof(
      orSet(lists.big),
      bigint.map((push) => ({ push })),
    ),
  },
  { requiredKeys: [] },
)
const answer = fc.constantFrom<object>({}, {}, { select: { id: true, j: true, d: true, s: false, strings: true } })

test('what is accepted answers as Prisma does on the same columns', async () => {
  const prisma = bench.plain()
  const redis = new Redis(bench.redisUrl)
  const entry = policies.models.Everything
  const seen = { accepted: 0, direct: 0 }
  let next = 0
  await fc.assert(
    fc.asyncProperty(
      created,
      fc.array(fc.tuple(changed, answer), { maxLength: 4 }),
      answer,
      async (row, changes, first) => {
        const id = `row ${next++}`
        const keys = createKeys(`${bench.namespace}:${next}`)
        const writes: [string, object][] = [
          ['create', { data: { id, ...row }, ...first }],
          ...changes.map(([data, rest]): [string, object] => ['update', { where: { id }, data, ...rest }]),
          ['delete', { where: { id } }],
        ]
        for (const [operation, args] of writes) {
          const decision = planAccept(entry, operation, structuredCloneOf(args), { enums: policies.enums })
          if (decision.kind === 'direct') {
            // What is pending would have to be flushed first: the rest of this row is not of interest.
            seen.direct++
            return
          }
          const reply = await accept(redis, keys, decision.plan, { kind: 'new', wide: 'w', epoch: 'e' })
          if (reply.kind === 'overflow') return
          if (reply.kind !== 'accepted') throw new Error(reply.kind)
          seen.accepted++
          const theirs = await (prisma.plain as never as Record<string, (args: object) => Promise<object>>)[operation]!(
            args,
          )
          expect(decision.plan.project(reply.row)).toEqual(theirs)
        }
      },
    ),
    { numRuns: 200, endOnFailure: true },
  )
  redis.disconnect()
  // The generators lean to what is accepted, or this would prove little.
  expect(seen.accepted).toBeGreaterThan(seen.direct)
}, 120_000)

/** Prisma takes some arguments apart while it reads them. */
function structuredCloneOf(args: object): object {
  const copy: Record<string, unknown> = { ...args }
  if (copy.data) copy.data = { ...(copy.data as object) }
  return copy
}
