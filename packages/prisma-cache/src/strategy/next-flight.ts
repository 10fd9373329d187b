/**
 * Loads that no version speaks for: while the cache cannot be used, the database is asked at most once at a time for
 * the same question. A caller never gets a load that began before it asked, since a write may have been acknowledged
 * in between: it waits for the one after, together with all others that came meanwhile.
 */
export interface NextFlight {
  /** `first` is true for the caller whose load it was. */
  run<T>(key: string, load: () => Promise<T>): Promise<{ loaded: T; first: boolean }>
}

interface Lane {
  running: Promise<unknown>
  next: Promise<unknown> | undefined
}

export function createNextFlight(): NextFlight {
  const lanes = new Map<string, Lane>()

  function start<T>(key: string, lane: Lane, load: () => Promise<T>): Promise<T> {
    const flight = load()
    lane.running = flight
    lane.next = undefined
    const end = () => {
      if (lane.next === undefined && lanes.get(key) === lane) lanes.delete(key)
    }
    flight.then(end, end)
    return flight
  }

  return {
    async run<T>(key: string, load: () => Promise<T>) {
      const lane = lanes.get(key)
      if (!lane) {
        const fresh: Lane = { running: Promise.resolve(), next: undefined }
        lanes.set(key, fresh)
        return { loaded: await start(key, fresh, load), first: true }
      }
      if (lane.next) return { loaded: (await lane.next) as T, first: false }
      const next = lane.running.then(
        () => start(key, lane, load),
        () => start(key, lane, load),
      )
      lane.next = next
      return { loaded: await next, first: true }
    },
  }
}
