import { measureHitRatios } from '../hit-ratio/hit-ratio.js'
import { spread } from '../measure/spread.js'
import type { BenchCase } from './bench-case.js'

/** Counted, not timed: the same on every machine. */
export const hitRatio: BenchCase = {
  row: 'P12',
  name: 'hits of narrowed invalidation beside an oracle',
  async measure(_, { quick }) {
    const results = await measureHitRatios(1, quick ? 2000 : 20_000)
    const narrowed = results.filter(({ mode }) => mode !== 'by table')
    const stale = results.reduce((sum, one) => sum + one.stale, 0)
    const exact = (n: number) => spread([n])
    return {
      unit: 'hits a read',
      lanes: Object.fromEntries(results.map(({ mode, hits, reads }) => [mode, exact(hits / reads)])),
      ratios: [
        ...narrowed.map(({ mode, ofOracle }) => ({
          what: `P12 hits of invalidation ${mode}, of the oracle's`,
          value: exact(ofOracle),
          target: { atLeast: 0.95 },
        })),
        { what: 'P12 stale answers', value: exact(stale), target: { atMost: 0 } },
      ],
    }
  },
}
