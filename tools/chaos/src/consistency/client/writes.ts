import type { Random } from '../../random.js'
import { bucketOf, type Register, rowIdOf, SLOTS } from '../models.js'
import { type Asker, type Calls, type Seen, Undone, type Written } from './calls.js'
import type { Client, Model } from './open-client.js'

/** Every way to write registers: one row, several, in transactions that stand and that do not, raw. */
export function createWrites(calls: Calls, random: Random, client: Client) {
  const place = (row: unknown): Written => ({ seq: (row as Seen).seq })
  /** The database counts on from there: run/tables.ts. */
  const gone = (row: unknown): Written => ({ seq: (row as Seen).seq + 1 })
  const changed = (value: number) => ({ value, seq: { increment: 1 } })

  async function transaction(asker: Asker, model: string, registers: readonly Register[], undo: boolean) {
    const via = `update of ${registers.length} in $transaction${undo ? ', undone' : ''}`
    await calls.write(asker, registers, via, (values) =>
      client.transaction(async (tx) => {
        const written: Written[] = []
        for (const [i, register] of registers.entries()) {
          const where = { id: rowIdOf(register) }
          if (random.chance(0.3)) await tx(model).findUnique({ where })
          written.push(place(await tx(model).update({ where, data: changed(values[i]!) })))
        }
        if (undo) throw new Undone()
        return written
      }),
    )
  }

  return {
    async any(asker: Asker, model: Model, register: Register): Promise<void> {
      const where = { id: rowIdOf(register) }
      const row = { ...where, bucket: bucketOf(register), slot: register.slot }
      const one = (via: string, run: (value: number) => PromiseLike<Written>) =>
        calls.write(asker, [register], via, async ([value]) => [await run(value!)])
      const bucket = Array.from({ length: SLOTS }, (_, slot) => ({ ...register, slot }))
      const pair = bucket.slice(0, 2)
      const update = () => one('update', async (value) => place(await model.update({ where, data: changed(value) })))
      const upsert = () =>
        one('upsert', async (value) =>
          place(await model.upsert({ where, create: { ...row, value, seq: 1 }, update: changed(value) })),
        )
      const create = () =>
        one('create', async (value) => place(await model.create({ data: { ...row, value, seq: 1 } })))
      await random.weighted<() => Promise<void>>([
        [40, update],
        [20, upsert],
        [8, create],
        [
          5,
          () =>
            calls.write(asker, [register], 'delete', async () => [gone(await model.delete({ where }))], {
              deletes: true,
            }),
        ],
        [
          2,
          () =>
            calls.write(
              asker,
              [register],
              'delete in $transaction',
              () => client.transaction(async (tx) => [gone(await tx(register.model).delete({ where }))]),
              { deletes: true },
            ),
        ],
        [
          6,
          () =>
            one('updateMany', async (value) => {
              const { count } = (await model.updateMany({ where, data: changed(value) })) as { count: number }
              return count === 0 ? 'none' : { seq: -1 }
            }),
        ],
        [
          4,
          () =>
            one('updateManyAndReturn', async (value) => {
              const [found] = (await model.updateManyAndReturn({ where, data: changed(value) })) as Seen[]
              return found ? place(found) : 'none'
            }),
        ],
        [
          3,
          () =>
            calls.write(
              asker,
              bucket,
              'updateMany of a bucket',
              async ([value]) => {
                const rows = (await model.updateManyAndReturn({
                  where: { bucket: bucketOf(register) },
                  data: { value: value!, seq: { increment: 1 } },
                })) as (Seen & { slot: number })[]
                return bucket.map(({ slot }) => {
                  const found = rows.find((one) => one.slot === slot)
                  return found ? place(found) : 'none'
                })
              },
              { oneValue: true },
            ),
        ],
        [7, () => transaction(asker, register.model, [register], false)],
        [4, () => transaction(asker, register.model, pair, false)],
        [4, () => transaction(asker, register.model, [register], true)],
        [
          4,
          () =>
            calls.write(asker, [register], 'update in an array', async ([value]) => {
              const [found] = await client.batch([model.update({ where, data: changed(value!) })])
              return [place(found)]
            }),
        ],
        [
          3,
          () =>
            one('raw update', async (value) => {
              const count = await client.executeRaw(
                `UPDATE "${register.model}" SET value = $1, seq = seq + 1 WHERE id = $2`,
                value,
                where.id,
              )
              return count === 0 ? 'none' : { seq: -1 }
            }),
        ],
      ])()
    },
  }
}
