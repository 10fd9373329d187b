import { accepts } from '../write-behind/accept.js'
import { flushMany } from '../write-behind/flush-many.js'
import { increments } from '../write-behind/increments.js'
import { poison } from '../write-behind/poison.js'
import type { BenchCase } from './bench-case.js'
import { bytes } from './bytes.js'
import { consistency } from './consistency.js'
import { entryCounts } from './entries.js'
import { hitRatio } from './hit-ratio.js'
import { misses } from './miss.js'
import { modelCounts } from './models.js'
import { nearHits } from './near-hit.js'
import { redisHits } from './redis-hit.js'
import { replica } from './replica.js'
import { scale } from './scale.js'
import { stampede } from './stampede.js'
import { updates } from './update.js'

export const CASES: readonly BenchCase[] = [
  ...nearHits,
  ...redisHits,
  ...misses,
  ...updates,
  ...accepts,
  increments,
  flushMany,
  poison,
  ...entryCounts,
  modelCounts,
  stampede,
  hitRatio,
  bytes,
  ...consistency,
  replica,
  ...scale,
]
