import type { Random } from '../random.js'
import type { Models } from '../schema/models.js'

/** What every generator draws from. */
export interface Context {
  readonly random: Random
  readonly models: Models
}
