import { spread } from '../measure/spread.js'
import type { BenchCase } from './bench-case.js'
import { entryOf } from './entry-of.js'

/** What an entry is beside the JSON of its row: the value alone, and all that Redis spends on it. */
export const bytes: BenchCase = {
  row: 'P13',
  name: 'bytes in Redis of a cached row',
  async measure(stage) {
    const row = await stage.plain.through.findUniqueOrThrow({ where: { id: 'row-1' } })
    const json = Buffer.byteLength(JSON.stringify(row))
    const { key, value } = await entryOf(stage, 'Through', { id: 'row-1' })
    const text = Buffer.byteLength(value)
    const all = (await stage.redis.memory('USAGE', key)) ?? 0
    const exact = (n: number) => spread([n])
    return {
      unit: 'bytes',
      lanes: {
        'entry, its stamps included': exact(text),
        'JSON.stringify of the row': exact(json),
        'Redis, key and all': exact(all),
      },
      ratios: [
        {
          what: 'P13 bytes of an entry, times JSON.stringify of its row',
          value: exact(text / json),
          target: { atMost: 0.7 },
        },
      ],
    }
  },
}
