import { FlagError } from '../cli/flags.js'
import type { Harness } from '../harness.js'

export const runConsistency: Harness = async () => {
  throw new FlagError('--only consistency: this harness is not there yet')
}
