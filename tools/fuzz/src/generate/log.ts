import type { PolicySet } from 'prisma-cache'
import {
  type Call,
  type Isolation,
  isRead,
  type Operation,
  type Raw,
  type SessionKind,
  type Step,
} from '../operation.js'
import { createRandom } from '../random.js'
import type { Models } from '../schema/models.js'
import type { Context } from './context.js'
import { createFocus } from './focus.js'
import { createQuestions } from './questions.js'
import { type Race, raceOf } from './race.js'
import { rawOf } from './raw.js'
import { createScenes } from './scenes.js'
import { moreRows, oneRowWrite, writeOf } from './write.js'

export interface LogOptions {
  readonly seed: number
  readonly operations: number
  readonly clients: number
  readonly models: Models
  readonly policies: PolicySet
}

/** Operations from one rest to the next. */
const REST_EVERY = 60

/** The operations of a run. Nothing in it depends on what the databases answer. */
export function generateLog({ seed, operations, clients, models, policies }: LogOptions): Operation[] {
  const random = createRandom(seed)
  const context: Context = { random, models }
  const isQueued = (name: string) => policies.models[name]?.policy.strategy === 'writeBehind'
  const queued = models.list.filter(({ name }) => isQueued(name))
  const focus = createFocus(context, queued)
  const model = focus.model
  const questions = createQuestions(context, focus, policies, isQueued)
  const by = () => ({
    client: random.below(clients),
    session: random.weighted<SessionKind>([
      [3, 'carried'],
      [1, 'own'],
    ]),
  })
  const single = (step: Call | Raw): Operation => ({ kind: 'single', step, ...by() })

  const scenes = createScenes(context, model, single)

  // Where a write is refused while Redis is down, the twins would part.
  const mayMissRedis = models.list.every(({ name }) => {
    const { policy } = policies.models[name]!
    return policy.strategy === 'none' || policy.onCacheDown === 'bypass'
  })

  const write = (one = model()) => {
    return random.chance(isQueued(one.name) ? 0.85 : 0.5) ? oneRowWrite(context, one) : writeOf(context, one)
  }

  /** A statement that Prisma refuses before the database sees it. */
  const refused = (): Call => ({
    kind: 'call',
    model: model().name,
    operation: 'findMany',
    args: { select: { nothing: true } },
  })

  const interactive = (asked: readonly Call[]): Operation => {
    const { client, session } = by()
    const first = random.chance(0.2) ? outsideWrite(client) : undefined
    // Just before its end somebody caches what is still the old answer.
    const late = random.chance(0.5) ? asked.flatMap(() => outside(asked) ?? []) : []
    const all = [...steps(1, asked), ...late]
    const rollback = random.chance(0.3)
    return { kind: 'interactive', steps: first ? [first, ...all] : all, rollback, ...isolation(), client, session }
  }

  const isolation = () =>
    random.chance(0.25)
      ? { isolation: random.pick<Isolation>(['ReadCommitted', 'RepeatableRead', 'Serializable']) }
      : {}

  /** Before the transaction holds anything that it could wait for. It stands whatever becomes of the transaction. */
  function outsideWrite(client: number): Step | undefined {
    const one = model()
    const call = write(one)
    return focus.around(one.name).some(isQueued) ? undefined : { kind: 'outside', client, call }
  }

  function steps(depth: number, asked: readonly Call[]): Step[] {
    return Array.from({ length: 1 + random.below(5) }, () =>
      random.weighted<() => Step>([
        [5, () => write()],
        [3, questions.any],
        [0.5, () => ({ kind: 'beside', calls: [questions.any(), questions.any()] })],
        [0.5, () => rawOf(context, model())],
        [
          depth > 0 ? 1 : 0,
          () => ({ kind: 'savepoint', steps: steps(depth - 1, asked), rollback: random.chance(0.5) }),
        ],
        [2, () => outside(asked) ?? writeOf(context, model())],
      ])(),
    )
  }

  /** What is pending cannot be flushed while the transaction holds its rows, so such a model is not read beside it. */
  function outside(asked: readonly Call[]): Step | undefined {
    const call = asked.length > 0 && random.chance(0.8) ? random.pick(asked) : questions.any()
    if (focus.around(call.model).some(isQueued)) return undefined
    return { kind: 'outside', client: random.below(clients), call }
  }

  function arraySteps(): (Call | Raw)[] {
    return Array.from({ length: 1 + random.below(3) }, () =>
      random.weighted<() => Call | Raw>([
        [4, () => writeOf(context, model())],
        [2, questions.any],
        [0.5, () => rawOf(context, model())],
        [0.3, refused],
      ])(),
    )
  }

  const question = (): Operation =>
    random.chance(0.8)
      ? single(questions.any())
      : { kind: 'together', calls: Array.from({ length: 2 + random.below(3) }, questions.any), ...by() }

  const change = (asked: readonly Call[]): Operation =>
    random.weighted<() => Operation>([
      [6, () => single(write())],
      [0.7, () => single(rawOf(context, model()))],
      [1.5, () => interactive(asked)],
      [0.8, () => ({ kind: 'array', steps: arraySteps(), ...isolation(), ...by() })],
    ])()

  /** Asked, changed, asked again: an answer kept from before the change must not come back after it. */
  const sandwich = (): Operation[] =>
    focus.aimed((aim) => {
      const asked = questions.about(aim)
      return [...asked.map(single), change(asked), ...asked.map(single)]
    })

  /** Several at once, and right after it everything that is left of it. */
  const race = (): Operation[] => {
    // Of some models no field is free for it.
    let one: Race | undefined
    for (let attempt = 0; !one && attempt < 5; attempt++) one = raceOf(context, model(), clients, questions.any)
    return one ? [single(one.begin), one.race, { kind: 'rest' }] : []
  }

  /** Writes that Redis is not told of until it is back; the session knows, wherever it goes. */
  const outage = (): Operation[] => {
    const client = random.below(clients)
    const asked = focus.aimed(questions.about)
    const members = Array.from({ length: 1 + random.below(4) }, () => {
      const step = random.weighted<() => Call | Raw>([
        [4, () => write()],
        [1, () => random.pick(asked)],
        [0.5, () => rawOf(context, model())],
      ])()
      const isOthers = step.kind === 'call' && isRead(step) && random.chance(0.6)
      return {
        kind: 'single' as const,
        step,
        client: isOthers ? random.below(clients) : client,
        session: 'carried' as const,
      }
    })
    return [...asked.map(single), { kind: 'outage', client, members }, ...asked.map(single), { kind: 'rest' }]
  }

  const forget = (): Operation[] => {
    const asked = focus.aimed(questions.about)
    return [
      ...asked.map(single),
      { kind: 'keep' },
      change(asked),
      change(asked),
      { kind: 'forget' },
      ...asked.map(single),
      { kind: 'rest' },
    ]
  }

  const evict = (): Operation[] => [{ kind: 'evict', salt: random.below(1000) }]

  const next = (): Operation[] =>
    random.weighted<() => Operation[]>([
      [0.9, race],
      [0.6, scenes.fall],
      [0.4, scenes.move],
      [0.4, scenes.fail],
      [mayMissRedis ? 0.15 : 0, outage],
      [0.06, forget],
      [0.1, evict],
      [3, () => [question()]],
      [queued.length > 0 ? 4 : 2, () => [change([])]],
      [3, sandwich],
    ])()

  const log: Operation[] = []
  let sinceRest = 0
  while (log.length < operations) {
    focus.move()
    const some = next()
    log.push(...some)
    sinceRest += some.length
    if (sinceRest < REST_EVERY) continue
    log.push({ kind: 'rest' }, ...random.some(models.list).map((one) => single(moreRows(context, one))))
    sinceRest = 0
  }
  if (log.at(-1)!.kind !== 'rest') log.push({ kind: 'rest' })
  return log
}
