import { isDeepStrictEqual } from 'node:util'
import { createRandom } from '../measure/random.js'
import type { Stage } from '../stage/stage.js'
import { rowId } from '../stage/stage.js'
import { type Sample, takeSample } from './sample.js'
import { operate } from './workload.js'

export interface SoakOptions {
  readonly seconds: number
  readonly seed: number
  /** Samples of the whole run. */
  readonly samples: number
  readonly width: number
  /** Told of each sample as it is taken. */
  readonly log?: (sample: Sample) => void
}

export interface Soaked {
  readonly samples: readonly Sample[]
  /** Rows that the cache answered otherwise than Postgres once all was at rest; there is none if all is well. */
  readonly unequal: readonly string[]
}

/** The mix, for a while, by so many callers at once; then every row by the cache and by Postgres. */
export async function runSoak(stage: Stage, options: SoakOptions): Promise<Soaked> {
  const begun = performance.now()
  const until = begun + options.seconds * 1000
  const random = createRandom(options.seed)
  let operations = 0
  let failure: unknown
  const callers = Array.from({ length: options.width }, async () => {
    while (performance.now() < until && failure === undefined) {
      await operate(stage.cached, random, stage.rows)
      operations++
    }
  }).map((caller) =>
    caller.catch((error) => {
      failure = error
    }),
  )
  const samples: Sample[] = []
  const every = (options.seconds * 1000) / options.samples
  for (let n = 1; n <= options.samples && failure === undefined; n++) {
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, begun + n * every - performance.now())))
    const sample = await takeSample(begun, operations, stage.redis)
    samples.push(sample)
    options.log?.(sample)
  }
  await Promise.all(callers)
  if (failure !== undefined) throw failure
  return { samples, unequal: await compare(stage) }
}

async function compare(stage: Stage): Promise<readonly string[]> {
  const { cached, plain, rows } = stage
  await (cached as unknown as { $cache: { flush(): Promise<void> } }).$cache.flush()
  const unequal: string[] = []
  for (const model of ['through', 'nearby', 'strong', 'behind'] as const) {
    // One delegate stands for all: the models have the same columns.
    const [ours, theirs] = [cached[model], plain[model]] as (typeof plain.through)[]
    for (let n = 0; n < rows; n++) {
      const where = { id: rowId(stage, n) }
      const [answer, truth] = await Promise.all([ours!.findUnique({ where }), theirs!.findUnique({ where })])
      if (!isDeepStrictEqual(answer, truth)) unequal.push(`${model} ${where.id}`)
    }
  }
  return unequal
}
