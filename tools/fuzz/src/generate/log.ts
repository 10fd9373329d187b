import type { PolicySet } from 'prisma-cache'
import type { Call, Operation, Raw, SessionKind, Step } from '../operation.js'
import { isRead } from '../operation.js'
import { createRandom } from '../random.js'
import type { Model, Models } from '../schema/models.js'
import type { Context } from './context.js'
import { rawOf } from './raw.js'
import { readOf, wholeTable } from './read.js'
import { writeOf } from './write.js'

export interface LogOptions {
  readonly seed: number
  readonly operations: number
  readonly clients: number
  readonly models: Models
  readonly policies: PolicySet
}

/** Operations from one rest to the next. */
const REST_EVERY = 50
/** Questions that are asked again. */
const POOL = 14

/** The operations of a run. Nothing in it depends on what the databases answer. */
export function generateLog({ seed, operations, clients, models, policies }: LogOptions): Operation[] {
  const random = createRandom(seed)
  const context: Context = { random, models }
  const isQueued = (name: string) => policies.models[name]?.policy.strategy === 'writeBehind'
  const unqueued = models.list.filter((model) => !reaches(models, model).some(isQueued))
  const pool: Call[] = []

  const ask = (call: Call): Call => {
    pool.push(call)
    if (pool.length > POOL) pool.shift()
    return call
  }
  const model = () => random.pick(models.list)
  const newRead = () => ask(random.chance(0.15) ? wholeTable(context, model()) : readOf(context, model()))
  const anyRead = () => (pool.length > 0 && random.chance(0.8) ? random.pick(pool) : newRead())
  const by = () => ({
    client: random.below(clients),
    session: random.weighted<SessionKind>([
      [3, 'carried'],
      [1, 'own'],
    ]),
  })

  function steps(of: readonly Model[], depth: number): Step[] {
    return Array.from({ length: 1 + random.below(4) }, () =>
      random.weighted<() => Step>([
        [5, () => writeOf(context, random.pick(of))],
        [3, () => readOf(context, random.pick(of))],
        [0.7, () => rawOf(context, random.pick(of))],
        [depth > 0 ? 1 : 0, () => ({ kind: 'savepoint', steps: steps(of, depth - 1), rollback: random.chance(0.5) })],
        [
          unqueued.length > 0 ? 0.7 : 0,
          () => ({ kind: 'outside', client: random.below(clients), call: readOf(context, random.pick(unqueued)) }),
        ],
      ])(),
    )
  }

  const one = (): Operation =>
    random.weighted<() => Operation>([
      [11, () => ({ kind: 'single', step: anyRead(), ...by() })],
      [2, () => ({ kind: 'together', calls: Array.from({ length: 2 + random.below(3) }, anyRead), ...by() })],
      [5, () => ({ kind: 'single', step: writeOf(context, model()), ...by() })],
      [0.5, () => ({ kind: 'single', step: rawOf(context, model()), ...by() })],
      [
        0.8,
        () => ({
          kind: 'interactive',
          steps: steps(random.chance(0.5) ? models.list : [model(), model()], 1),
          rollback: random.chance(0.3),
          ...by(),
        }),
      ],
      [0.6, () => ({ kind: 'array', steps: arraySteps(), ...by() })],
    ])()

  const arraySteps = (): (Call | Raw)[] =>
    Array.from({ length: 1 + random.below(3) }, () =>
      random.weighted<() => Call | Raw>([
        [4, () => writeOf(context, model())],
        [2, () => readOf(context, model())],
        [0.5, () => rawOf(context, model())],
      ])(),
    )

  const log: Operation[] = []
  let sinceRest = 0
  while (log.length < operations) {
    const operation = one()
    log.push(operation)
    // What was asked once is asked again at once by another client, when it may have been kept.
    if (operation.kind === 'single' && operation.step.kind === 'call' && isRead(operation.step) && random.chance(0.3)) {
      log.push({ ...operation, ...by() })
    }
    if (++sinceRest < REST_EVERY) continue
    log.push({ kind: 'rest' })
    sinceRest = 0
  }
  if (log.at(-1)!.kind !== 'rest') log.push({ kind: 'rest' })
  return log
}

/** The model and every model that can be reached over relations. */
function reaches(models: Models, model: Model): string[] {
  const found = new Set<string>()
  const queue = [model.name]
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue
    found.add(name)
    queue.push(...models.get(name).relations.map((relation) => relation.model))
  }
  return [...found]
}
