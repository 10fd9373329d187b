import { randomUUID } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import type { LatencyRecorder } from '../measure/latency.js'
import { type BankCaller, createBankCaller } from './bank-caller.js'
import type { Books } from './books.js'
import { type HotSpot, pickCustomer } from './hot-spot.js'
import { pickCall } from './mix.js'
import type { Observer } from './observer.js'
import { createPrng, derivedSeed, type Prng } from './prng.js'

export interface WorkloadOptions {
  readonly url: string
  readonly clients: number
  /** Average milliseconds between an answer and the next call. */
  readonly thinkMs: number
  readonly seed: number
  readonly spot: HotSpot
  readonly books: Books
  /** Time of each call as its client sees it, HTTP included. */
  readonly recorder: LatencyRecorder
  readonly observer: Observer
  /** Ends the run: each client finishes the call it is in. */
  readonly signal: AbortSignal
}

export const CALL = 'call'

/** Calls between a login and the next. */
const VISIT = 20
/** Failed visits in a row after which a client gives up: nobody is there. */
const GIVE_UP = 5

/** Each client sends its next call when it has the answer to the last one and has thought for a while. */
export async function runClients(options: WorkloadOptions): Promise<void> {
  const clients = Array.from({ length: options.clients }, (_, index) =>
    runClient(options, createPrng(derivedSeed(options.seed, index))),
  )
  await Promise.all(clients)
}

async function runClient(options: WorkloadOptions, prng: Prng): Promise<void> {
  const caller = createBankCaller(options.url)
  try {
    for (let failures = 0; !options.signal.aborted; ) {
      try {
        await visit(options, caller, prng)
        failures = 0
      } catch (error) {
        options.books.failed(error)
        if (++failures === GIVE_UP) throw error
      }
    }
  } finally {
    caller.close()
  }
}

async function visit(options: WorkloadOptions, caller: BankCaller, prng: Prng) {
  const { books, recorder, signal, spot, observer, thinkMs } = options
  const customerId = pickCustomer(spot, prng)
  const sessionId = await caller.logIn(customerId)
  books.loggedIn(sessionId)
  for (let calls = 0; calls < VISIT && !signal.aborted; calls++) {
    const call = pickCall(customerId, spot, books.cases, prng)
    const callId = randomUUID()
    const start = performance.now()
    const answer = await caller.call(call, sessionId, callId)
    recorder.record(CALL, performance.now() - start)
    books.answeredCall(sessionId, callId, answer)
    await observer.afterCall(answer, caller.token(), prng)
    if (thinkMs > 0) await after(thinkMs * 2 * prng.next(), undefined, { signal }).catch(ifAborted)
  }
}

/** The end of the run ends a pause too, and is no failure. */
function ifAborted(error: unknown): void {
  if ((error as { name?: string }).name !== 'AbortError') throw error
}
