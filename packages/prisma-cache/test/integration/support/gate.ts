import { Prisma } from '../../prisma/generated/prisma/client.js'

export interface Gate {
  /** Resolves when an operation has arrived at the gate. */
  readonly arrived: Promise<void>
  open(): void
}

/**
 * Holds operations where they meet the database: `before` it sees them, or `after` it has answered and committed but
 * before the cache knows. An extension applied later stands nearer to the database: this one goes on top of the cache.
 */
export function createGates() {
  const waiting: { operation: string; when: 'before' | 'after'; arrive: () => void; pass: Promise<void> }[] = []
  const passed = new Map<string, number>()
  const extension = Prisma.defineExtension({
    query: {
      async $allOperations({ model, operation, args, query }) {
        const name = model ? `${model}.${operation}` : operation
        passed.set(name, (passed.get(name) ?? 0) + 1)
        await stop(name, 'before')
        const result = await query(args)
        await stop(name, 'after')
        return result
      },
    },
  })
  async function stop(operation: string, when: 'before' | 'after'): Promise<void> {
    const at = waiting.findIndex((item) => item.operation === operation && item.when === when)
    if (at < 0) return
    const [item] = waiting.splice(at, 1)
    item!.arrive()
    await item!.pass
  }
  return {
    extension,
    /** How many operations of this name have gone to the database. */
    count: (operation: string) => passed.get(operation) ?? 0,
    /** Holds the next operation of this name. */
    hold(operation: string, when: 'before' | 'after'): Gate {
      let open = () => {}
      let arrive = () => {}
      const pass = new Promise<void>((resolve) => {
        open = resolve
      })
      const arrived = new Promise<void>((resolve) => {
        arrive = resolve
      })
      waiting.push({ operation, when, arrive, pass })
      return { arrived, open }
    },
  }
}

export type Gates = ReturnType<typeof createGates>

/** Starts an operation now: a Prisma promise does nothing until somebody waits for it. */
export function start<T>(lazy: PromiseLike<T>): Promise<T> {
  return Promise.resolve(lazy.then((value) => value))
}

/** Something that one waits for and another gives. */
export function createSignal() {
  let give = () => {}
  const given = new Promise<void>((resolve) => {
    give = resolve
  })
  return { given, give }
}
