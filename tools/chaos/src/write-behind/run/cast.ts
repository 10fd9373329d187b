import type { ChildSettings, Trap } from '../child/messages.js'
import type { Role } from '../plan/faults.js'
import type { Child } from './child.js'
import type { Pool } from './pool.js'

/** The processes of one run. Whoever dies is replaced. */
export interface Cast {
  readonly acceptors: readonly Child[]
  readonly workers: readonly Child[]
  /** Starts one more of the role where one is missing. */
  refill(): Promise<void>
  resize(role: Role, size: number): void
  arm(role: Role, trap: Trap, sprung: (child: Child, point: string) => void): void
  disarm(): void
  /** Resolves with the first of the role that ends, to come. */
  death(role: Role): Promise<Child>
  told(): string[]
  leave(): Promise<void>
}

export interface CastOptions {
  readonly pool: Pool
  readonly settings: Omit<ChildSettings, 'role'>
  readonly sizes: Readonly<Record<Role, number>>
}

const CLOSED_WITHIN_MS = 5000

export function createCast({ pool, settings, ...options }: CastOptions): Cast {
  const sizes = { ...options.sizes }
  const members: Record<Role, Child[]> = { acceptor: [], worker: [] }
  const told: string[] = []
  const waiting: Record<Role, Set<(child: Child) => void>> = { acceptor: new Set(), worker: new Set() }

  async function join(role: Role): Promise<void> {
    const child = await pool.take()
    await child.open({ ...settings, role })
    members[role].push(child)
    void child.ended.then(() => {
      told.push(...child.told)
      members[role] = members[role].filter((one) => one !== child)
      for (const tell of waiting[role]) tell(child)
      waiting[role].clear()
    })
  }

  const everybody = () => [...members.acceptor, ...members.worker]

  return {
    get acceptors() {
      return members.acceptor
    },
    get workers() {
      return members.worker
    },
    async refill() {
      const missing = (['acceptor', 'worker'] as const).flatMap((role) =>
        Array.from({ length: Math.max(0, sizes[role] - members[role].length) }, () => role),
      )
      await Promise.all(missing.map(join))
    },
    resize(role, size) {
      sizes[role] = size
    },
    arm(role, trap, sprung) {
      for (const child of members[role]) child.arm(trap, (point) => sprung(child, point))
    },
    disarm() {
      for (const child of everybody()) child.disarm()
    },
    death: (role) => new Promise((resolve) => void waiting[role].add(resolve)),
    told: () => [...told, ...everybody().flatMap((child) => child.told)],
    async leave() {
      await Promise.all(
        everybody().map(async (child) => {
          if (await child.close(CLOSED_WITHIN_MS)) return pool.give(child)
          child.kill('SIGKILL')
          await child.ended
        }),
      )
    },
  }
}
