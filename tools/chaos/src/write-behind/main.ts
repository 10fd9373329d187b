import { FlagError } from '../cli/flags.js'
import type { Harness } from '../harness.js'

export const runWriteBehind: Harness = async () => {
  throw new FlagError('--only write-behind: this harness is not there yet')
}
