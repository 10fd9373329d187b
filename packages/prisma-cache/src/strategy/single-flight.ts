/** One load for callers that ask the same thing under the same versions at the same time. */
export interface SingleFlight {
  /** `first` is true for the caller whose load it was. */
  run<T>(key: string, load: () => Promise<T>): Promise<{ loaded: T; first: boolean }>
}

export function createSingleFlight(): SingleFlight {
  const flights = new Map<string, Promise<unknown>>()
  return {
    async run<T>(key: string, load: () => Promise<T>) {
      const underway = flights.get(key) as Promise<T> | undefined
      if (underway) return { loaded: await underway, first: false }
      const flight = load()
      flights.set(key, flight)
      try {
        return { loaded: await flight, first: true }
      } finally {
        flights.delete(key)
      }
    },
  }
}
