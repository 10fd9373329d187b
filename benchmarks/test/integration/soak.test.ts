import { runSoak } from '../../src/soak/run-soak.js'
import { setStage } from '../../src/stage/set-stage.js'

test('a slice of the soak: the mix runs, memory is sampled, and at rest every row is as in Postgres', async () => {
  const { stage, strike } = await setStage(60, { lease: 500 })
  try {
    const { samples, unequal } = await runSoak(stage, { seconds: 3, seed: 7, samples: 4, width: 4 })
    expect(unequal).toEqual([])
    expect(samples).toHaveLength(4)
    expect(samples.at(-1)!.operations).toBeGreaterThan(0)
    expect(samples.at(-1)!.redis).toBeGreaterThan(0)
  } finally {
    await strike()
  }
})
