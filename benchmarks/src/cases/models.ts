import { clientOfModels } from '../scale/client-of-models.js'
import type { BenchCase } from './bench-case.js'
import { raceCase } from './race-case.js'

const [FEW, MANY] = [10, 300]

export const modelCounts: BenchCase = {
  row: 'P14',
  name: 'hit in Redis, by number of models',
  async measure(stage, effort) {
    const few = await clientOfModels(stage, FEW)
    const many = await clientOfModels(stage, MANY)
    try {
      // Every entry is there before it is timed; all lanes read rows of ten models, by clients that know more or fewer.
      for (let n = 0; n < 3 * FEW; n++) {
        await few.find(n % FEW, 'row-0')
        await many.find(n % FEW, 'row-0')
      }
      return await raceCase({
        row: 'P14',
        name: 'hit in Redis',
        width: 1,
        lanes: async () => ({
          [`${MANY} models`]: (n) => many.find(n % FEW, 'row-0'),
          [`${FEW} models`]: (n) => few.find(n % FEW, 'row-0'),
        }),
        ratios: [
          {
            what: 'P14 time per hit, many models over few',
            over: `${MANY} models`,
            under: `${FEW} models`,
            target: { atMost: 1.2 },
          },
        ],
      }).measure(stage, effort)
    } finally {
      await few.close()
      await many.close()
    }
  },
}
