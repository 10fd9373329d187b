import type { Durability } from '@prisma-cache/policy-dsl'
import { Cluster, type Redis } from 'ioredis'

/** Waits until what was written to Redis so far is as durable as a class promises. */
export interface DurableBarrier {
  /**
   * @param key a key of the slot that was written to
   * @throws when the promise was not kept in time: the caller must not go on
   */
  reach(key: string, durability: Durability): Promise<void>
  close(): void
}

export interface BarrierOptions {
  readonly redis: Redis | Cluster
  /** Whether the server forces each write to disk before it answers; then `fsync` has nothing to wait for. */
  readonly alwaysSynced: () => Promise<boolean>
  readonly timeoutMs: number
}

/**
 * WAIT and WAITAOF hold up everything else that their connection is asked, and count only what was written before by
 * the same connection. So each server gets a connection for this alone, which writes a mark (later than what is to be
 * covered) and waits for it. Those who come while one waits share the next wait.
 */
export function createDurableBarrier({ redis, alwaysSynced, timeoutMs }: BarrierOptions): DurableBarrier {
  const gates = new Map<string, Gate>()

  async function gateOf(key: string, durability: Durability): Promise<Gate> {
    const node = redis instanceof Cluster ? await nodeOf(redis, key) : redis
    const id = `${node.options.host}:${node.options.port} ${JSON.stringify(durability)}`
    let gate = gates.get(id)
    if (!gate) {
      gate = createGate(waitingConnection(node), durability, timeoutMs)
      gates.set(id, gate)
    }
    return gate
  }

  return {
    async reach(key, durability) {
      if (durability.kind === 'memory' || (durability.kind === 'fsync' && (await alwaysSynced()))) return
      const gate = await gateOf(key, durability)
      await gate.pass(`${key}:barrier`)
    },
    close() {
      for (const gate of gates.values()) gate.close()
      gates.clear()
    },
  }
}

interface Gate {
  pass(markKey: string): Promise<void>
  close(): void
}

const MARK_LIFETIME_MS = 60_000

function createGate(connection: Redis, durability: Durability, timeoutMs: number): Gate {
  let running: Promise<void> = Promise.resolve()
  let next: Promise<void> | undefined

  async function wait(markKey: string): Promise<void> {
    const [written, waited] = await Promise.all([
      connection.set(markKey, '1', 'PX', MARK_LIFETIME_MS),
      durability.kind === 'replicated'
        ? connection.wait(durability.replicas, timeoutMs).then((count) => count >= durability.replicas)
        : (connection.call('WAITAOF', 1, 0, timeoutMs) as Promise<[number, number]>).then(([local]) => local >= 1),
    ])
    if (written === 'OK' && waited) return
    const what = durability.kind === 'replicated' ? `${durability.replicas} replicas` : 'its append-only file'
    throw new Error(`Redis did not bring a sealed batch to ${what} within ${timeoutMs} ms`)
  }

  return {
    pass(markKey) {
      next ??= running
        .catch(() => {})
        .then(() => {
          const mine = next!
          running = mine
          next = undefined
          return wait(markKey)
        })
      return next
    },
    close: () => connection.disconnect(),
  }
}

function waitingConnection(node: Redis): Redis {
  const connection = node.duplicate({
    enableAutoPipelining: false,
    enableOfflineQueue: true,
    maxRetriesPerRequest: 1,
    lazyConnect: true,
    // Waiting is what it is for; the command itself says how long.
    commandTimeout: undefined,
  })
  connection.on('error', () => {}) // told by the command that fails
  return connection
}

async function nodeOf(cluster: Cluster, key: string): Promise<Redis> {
  const slot = (await cluster.cluster('KEYSLOT', key)) as number
  const owner = (cluster as unknown as { slots: string[][] }).slots[slot]?.[0]
  const node = cluster.nodes('master').find(({ options }) => `${options.host}:${options.port}` === owner)
  if (!node) throw new Error(`no master is known for slot ${slot}`)
  return node
}
