import { isDeepStrictEqual } from 'node:util'
import { PrismaCacheError } from '../errors/cache-error.js'
import type { EventBus } from '../events/events.js'
import type { Stamps } from '../protocol/entry.js'
import { createPrimary } from '../replica/primary.js'
import { createReplica, type ReplicaClient } from '../replica/replica.js'
import { createReplicas } from '../replica/replicas.js'
import type { SqlClient } from '../replica/server-state.js'
import type { Link, Replication } from '../store/link.js'
import { recordPublished } from '../store/positions.js'
import type { FromReplica } from '../strategy/read-through.js'
import { createReplicaReads, type ReplicaRead, type RouteExplanation } from '../strategy/replica-reads.js'
import type { CheckedOptions } from './options.js'
import { callOf, clientLike, clientOmitOf, modelNamesOf } from './prisma-internals.js'

/** A read as the extension has it. */
export type RoutedRead = Omit<ReplicaRead, 'question'>

/** Everything of one client that has to do with replicas. */
export interface ReplicaSide {
  readonly replication: Replication
  /** @param given the caller's own arguments */
  from(read: RoutedRead, given: unknown): FromReplica
  explain(read: RoutedRead, stamps: Stamps | undefined): Promise<RouteExplanation>
  close(): Promise<void>
}

export interface ReplicaSideParts {
  readonly events: EventBus
  readonly checked: CheckedOptions
  /** The client before this extension. */
  readonly client: object
  /** Made after this, and asked only in operations. */
  link(): Link
}

/** @throws PrismaCacheError PC1003 for what is no replica's client */
export function createReplicaSide({ events, checked, client, link }: ReplicaSideParts): ReplicaSide {
  const primary = createPrimary(client as SqlClient)
  const own: { $disconnect(): Promise<void> }[] = []
  const all = checked.replicas.map((given, i) => {
    const made = clientOf(client, given, i)
    if (made.own) own.push(made.client as unknown as { $disconnect(): Promise<void> })
    return createReplica({ name: String(i + 1), client: made.client, primary, events })
  })
  const replicas = createReplicas(primary, all, checked.replicaWaitMs)
  const reads = createReplicaReads(link, events, replicas)
  return {
    replication: {
      committed: primary.now,
      async published(tags, markers, position) {
        void recordPublished(link(), tags, markers as Map<string, string>, position)
        const waitMs = checked.routes.applyWaitOf(new Set(tags.map((tag) => tag.model)))
        if (waitMs > 0) await replicas.applied(position, waitMs)
      },
    },
    from: (read, given) =>
      reads.from({
        ...read,
        question: (args) => (replica) => callOf(replica, read.model.name, read.operation, args ?? given),
      }),
    explain: (read, stamps) => reads.explain({ ...read, question: () => () => Promise.resolve() }, stamps),
    async close() {
      replicas.close()
      await Promise.all(own.map((one) => one.$disconnect()))
    },
  }
}

function clientOf(client: object, given: unknown, i: number): { client: ReplicaClient; own: boolean } {
  const at = `\`replicas[${i}]\``
  if (given === null || typeof given !== 'object')
    throw invalid(`${at} is neither a Prisma client nor a driver adapter`)
  if ('adapterName' in given && 'connect' in given) {
    return { client: clientLike(client, given) as ReplicaClient, own: true }
  }
  const models = modelNamesOf(given)
  if (!models) throw invalid(`${at} is neither a Prisma client nor a driver adapter`)
  if ('$cache' in given) throw invalid(`${at} has prisma-cache itself. Give the client before it was extended`)
  const missing = modelNamesOf(client)?.find((name) => !models.includes(name))
  if (missing) throw invalid(`${at} is a client of another schema: it knows no ${missing}`)
  if (!isDeepStrictEqual(clientOmitOf(given), clientOmitOf(client))) {
    throw invalid(`${at} omits other fields than the client does. Give both the same \`omit\``)
  }
  return { client: given as ReplicaClient, own: false }
}

function invalid(why: string): PrismaCacheError {
  return new PrismaCacheError('PC1003', `prismaCache cannot start: ${why}.`)
}
