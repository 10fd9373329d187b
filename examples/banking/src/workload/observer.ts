import type { CallAnswer } from '../api/wire.js'
import type { Prng } from './prng.js'

/** Looks at the bank between two calls of a client, on that client's time; the same in both runs. */
export interface Observer {
  afterCall(answer: CallAnswer, token: string | undefined, prng: Prng): Promise<void>
}
