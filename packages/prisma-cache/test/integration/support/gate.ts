import type { PrismaClient } from '../../prisma/generated/prisma/client.js'

export interface Gate {
  /** Resolves when an operation has arrived at the gate. */
  readonly arrived: Promise<void>
  open(): void
}

/**
 * A plain client whose operations can be held: `before` the database sees them, or `after` it has answered and
 * committed but before the caller knows. An extension applied on top of it stands still exactly there.
 */
export function gated(plain: PrismaClient) {
  const waiting: { operation: string; when: 'before' | 'after'; arrive: () => void; pass: Promise<void> }[] = []
  const client = plain.$extends({
    query: {
      async $allOperations({ model, operation, args, query }) {
        const name = model ? `${model}.${operation}` : operation
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
    client: client as unknown as PrismaClient,
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
