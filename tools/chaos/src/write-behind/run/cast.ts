import type { ChildSettings } from '../child/messages.js'
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
  disarm(): void
  /** What the child was is dead. */
  bury(child: Child): void
  told(): string[]
  leave(): Promise<void>
}

export interface CastOptions {
  readonly pool: Pool
  readonly settings: Omit<ChildSettings, 'role'>
  readonly sizes: Readonly<Record<Role, number>>
}

const CLOSED_WITHIN_MS = 5000
/** Attempts. */
const OPENED_IN = 4
/** What was cut off stays in memory. */
const MOST_CUTS = 40

export function createCast({ pool, settings, ...options }: CastOptions): Cast {
  const sizes = { ...options.sizes }
  const members: Record<Role, Child[]> = { acceptor: [], worker: [] }
  const told: string[] = []

  async function join(role: Role): Promise<void> {
    const child = await open(role, OPENED_IN)
    members[role].push(child)
    void child.ended.then(() => dismiss(child))
  }

  /** A server that is only just back, or a machine that is too busy, is no fault of what is tested. */
  async function open(role: Role, attempts: number): Promise<Child> {
    const child = await pool.take()
    try {
      await child.open({ ...settings, role })
      return child
    } catch (error) {
      child.kill('SIGKILL')
      if (attempts <= 1) throw error
      return await open(role, attempts - 1)
    }
  }

  function dismiss(child: Child): boolean {
    const was = everybody().includes(child)
    if (was) told.push(...child.told)
    for (const role of ['acceptor', 'worker'] as const) members[role] = members[role].filter((one) => one !== child)
    return was
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
    disarm() {
      for (const child of everybody()) child.disarm()
    },
    bury(child) {
      if (!dismiss(child)) return
      child.cut()
      if (child.cuts() < MOST_CUTS) pool.give(child)
      else child.kill('SIGKILL')
    },
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
