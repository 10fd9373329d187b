import { AsyncLocalStorage } from 'node:async_hooks'
import type { Socket } from 'node:net'
import type { Redis } from 'ioredis'
import type pg from 'pg'

/**
 * What a process is at one time, with everything that it has opened. It can be cut off: its sockets are destroyed where
 * they are, nothing more is sent or heard, and nothing that waits goes on. To the servers that is the death of the
 * process, and the process can be another actor at once: starting a new one takes most of a second of a processor.
 */
export interface Actor {
  readonly connections: Set<Redis | pg.Client>
  cut: boolean
}

const running = new AsyncLocalStorage<Actor>()
const owners = new WeakMap<object, Actor>()
let latest: Actor = newActor()

function newActor(): Actor {
  return { connections: new Set(), cut: false }
}

/** Whatever `work` opens, and whatever comes of that later, belongs to a new actor. */
export function becomeActor<T>(work: (actor: Actor) => T): T {
  latest = newActor()
  return running.run(latest, work, latest)
}

export function actorOf(connection: Redis | pg.Client): Actor {
  const known = owners.get(connection)
  if (known) return known
  const actor = running.getStore() ?? latest
  owners.set(connection, actor)
  actor.connections.add(connection)
  return actor
}

export function cutOff(actor: Actor): void {
  actor.cut = true
  for (const connection of actor.connections) {
    // Nobody is told: who waits for an answer waits for ever.
    Object.assign(connection, { emit: () => true, ...('query' in connection ? DEAF_PG : DEAF_REDIS) })
    socketOf(connection)?.destroy()
  }
  actor.connections.clear()
}

const DEAF_REDIS = { flushQueue() {}, manuallyClosing: true }
const DEAF_PG = { _errorAllQueries() {}, _handleErrorEvent() {}, _handleErrorWhileConnecting() {} }

function socketOf(connection: Redis | pg.Client): Socket | undefined {
  const inside = connection as unknown as { stream?: Socket; connection?: { stream?: Socket } }
  return inside.stream ?? inside.connection?.stream
}

export const never = <T>(): Promise<T> => new Promise(() => {})
