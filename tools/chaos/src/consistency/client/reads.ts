import type { Random } from '../../random.js'
import { BUCKETS, bucketOf, keyOf, type Register, rowIdOf, SLOTS } from '../models.js'
import type { Asker, Calls, Seen } from './calls.js'
import type { Model } from './open-client.js'

interface Repeats {
  readonly atMost: number
  isOver(): boolean
}

type Row = Seen & { readonly id: string }

/** Every way to ask for registers: rows by key, lists narrowed and not, counts and aggregates, past the cache. */
export function createReads(calls: Calls, random: Random) {
  const bucket = (register: Register): Register[] => Array.from({ length: SLOTS }, (_, slot) => ({ ...register, slot }))
  const generation = (register: Register): Register[] =>
    Array.from({ length: BUCKETS }, (_, at) => bucket({ ...register, bucket: at })).flat()

  return {
    /** One question, put again and again: what was seen a moment ago is what may be lost sight of. */
    async any(asker: Asker, model: Model, register: Register, { atMost, isOver }: Repeats): Promise<void> {
      const id = rowIdOf(register)
      const one = (via: string, run: () => PromiseLike<unknown>) =>
        calls.read(asker, [register], via, async () => [(await run()) as Row | null])
      const many = (via: string, registers: readonly Register[], run: () => PromiseLike<unknown>) =>
        calls.read(asker, registers, via, async () => {
          const rows = new Map(((await run()) as Row[]).map((row) => [row.id, row]))
          return registers.map((r) => rows.get(rowIdOf(r)) ?? null)
        })
      const question = random.weighted<() => Promise<void>>([
        [46, () => one('findUnique', () => model.findUnique({ where: { id } }))],
        [
          8,
          () => one('findUnique select', () => model.findUnique({ where: { id }, select: { value: true, seq: true } })),
        ],
        [6, () => one('findFirst', () => model.findFirst({ where: { id } }))],
        [3, () => one('findUniqueOrThrow', () => orNull(model.findUniqueOrThrow({ where: { id } })))],
        [10, () => one('findUnique past the cache', () => model.findUnique({ where: { id }, cache: false }))],
        [
          14,
          () =>
            many('findMany of a bucket', bucket(register), () =>
              model.findMany({ where: { bucket: bucketOf(register) }, orderBy: { slot: 'asc' } }),
            ),
        ],
        [
          4,
          () =>
            many('findMany of a generation', generation(register), () =>
              model.findMany({ where: { bucket: { startsWith: `${register.generation}-` } }, orderBy: { id: 'asc' } }),
            ),
        ],
        [
          4,
          () =>
            one('aggregate', async () => {
              const { _max } = (await model.aggregate({ where: { id }, _max: { value: true, seq: true } })) as {
                _max: { value: number | null; seq: number | null }
              }
              return _max.value === null ? null : _max
            }),
        ],
        [
          5,
          () =>
            calls.count(
              asker,
              register,
              `count beside ${keyOf(register)}`,
              () => model.count({ where: { bucket: bucketOf(register) } }) as PromiseLike<number>,
            ),
        ],
      ])
      for (let left = 1 + random.below(atMost); left > 0 && !isOver(); left--) await question()
    },
  }
}

async function orNull(row: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await row
  } catch (error) {
    if ((error as { code?: unknown }).code === 'P2025') return null
    throw error
  }
}
