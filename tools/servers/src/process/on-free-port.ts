import { freePort } from './free-port.js'

const ATTEMPTS = 5
const CONFLICT = /address already in use|could not bind|could not create any TCP\/IP sockets/i

/** Runs `start` on the wanted port, or on a free one: again on another when the free one was taken in between. */
export async function onFreePort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (wanted !== undefined) return start(wanted)
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort())
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof Error && CONFLICT.test(error.message))) throw error
    }
  }
}
