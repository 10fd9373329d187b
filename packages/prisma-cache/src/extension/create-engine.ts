import type { PolicySet } from '@prisma-cache/policy-dsl'
import { createEventBus } from '../events/events.js'
import { countEvents } from '../events/stats.js'
import type { ModelIndex } from '../planner/model-index.js'
import { nearLimits, nearModels } from '../planner/near-models.js'
import { createKeys } from '../protocol/keys.js'
import { reopening } from '../queue/flusher.js'
import { createFlusher } from '../queue/flusher-over-bull.js'
import { createConnection } from '../store/connection.js'
import { createLink, type Link } from '../store/link.js'
import { createNear, type Near } from '../store/near/near.js'
import { touch } from '../store/publish.js'
import { createClientSession } from '../strategy/causal-session.js'
import { createHorizon } from '../strategy/near-horizon.js'
import { createNearReads } from '../strategy/near-reads.js'
import { createReadThrough } from '../strategy/read-through.js'
import type { CacheFace } from './cache-face.js'
import { CAUGHT_UP } from './caught-up.js'
import { createFace, createScopes } from './create-face.js'
import { createReplicaSide } from './create-replica-side.js'
import type { Engine } from './operation-context.js'
import type { CheckedOptions, PrismaCacheOptions } from './options.js'
import { createQueueRoad } from './queue-road.js'

export interface EngineParts<P extends PolicySet> {
  readonly options: PrismaCacheOptions<P>
  readonly checked: CheckedOptions
  readonly policies: PolicySet
  readonly index: ModelIndex
  /** The client before this extension: reads base rows past the cache. */
  readonly client: object
}

/** Puts one client's extension together. Connects to nothing until the first operation. */
export function createEngine<P extends PolicySet>(
  parts: EngineParts<P>,
): {
  engine: Engine
  face: CacheFace<P>
  close(): Promise<void>
} {
  const { options, checked, index } = parts
  const events = createEventBus((error) => process.emitWarning(error instanceof Error ? error : String(error)))
  const stats = countEvents(events)
  const keys = createKeys(checked.namespace)
  const connection = createConnection(options.redis, checked.commandTimeoutMs)
  let near: Near | undefined
  const replicas =
    checked.replicas.length > 0
      ? createReplicaSide({ events, checked, client: parts.client, link: () => link })
      : undefined
  const link: Link = createLink({
    connection,
    keys,
    events,
    leaseMs: checked.leaseMs,
    publish: async (tags) => void (await touch(link, tags)),
    replaced: (tags) => near?.replaced(tags),
    replication: replicas?.replication,
  })
  const scopes = createScopes()
  // Calls outside any session are one session of this client: it sees its own accepted writes.
  const ownSession = createClientSession(link.unpublished.owes)
  const limits = nearLimits(index)
  if (limits.size > 0) {
    near = createNear({ link, events, another: connection.another, limits, models: nearModels(index, limits.keys()) })
  }
  const horizon = near && createHorizon(near)
  const through = createReadThrough(link, events)
  const nearReads = near && horizon && createNearReads(through, { link, events, near, horizon })
  const writeBehind = createQueueRoad({
    link,
    events,
    index,
    policies: parts.policies,
    flusher: reopening(() => createFlusher({ redis: link.redis, keys, events, connectionForBull: options.redis })),
    client: parts.client,
  })
  const engine: Engine = {
    index,
    client: parts.client,
    keys,
    link,
    events,
    reads: nearReads ?? through,
    horizon,
    near,
    nearReads,
    replicas,
    routes: checked.routes,
    writeBehind,
    session: () => scopes.session.getStore() ?? ownSession,
    transactions: new Map(),
    declaredWrites: () => scopes.writes.getStore(),
  }
  const face = createFace<P>(engine, scopes, stats, {
    namespace: checked.namespace,
    secret: options.tokenSecret,
    lifeMs: checked.tokenLifeMs,
  })
  Object.defineProperty(face, CAUGHT_UP, { value: async () => await near?.caughtUp() })
  return {
    engine,
    face,
    async close() {
      await engine.reads.idle()
      await writeBehind.close()
      await near?.close()
      await replicas?.close()
      await link.close()
    },
  }
}
