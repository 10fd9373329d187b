import { Redis } from 'ioredis'
import { canonicalAnswer } from '../compare/answer.js'
import { canonical } from '../compare/canonical.js'
import { assertNever, type Call, isRead, type Operation, type Racing, type Stepwise } from '../operation.js'
import type { Models } from '../schema/models.js'
import type { Bench } from './bench.js'
import { type Counts, countPerformed, countReasons, noCounts } from './counts.js'
import { createEntries } from './entries.js'
import { createFaults } from './faults.js'
import { createMemory } from './memory.js'
import type { Mismatch } from './mismatch.js'
import { createNearWatch } from './near-watch.js'
import { howOf, type Outcome } from './outcome.js'
import { type Performed, perform, type Side } from './perform.js'
import { createQueueWatch } from './queue-watch.js'
import { restAndCompare } from './rest.js'
import { levelSequences } from './sequences.js'
import { createSessions, sessionName } from './sessions.js'
import { spoil } from './spoil.js'

export interface Lockstep {
  /** Performs the operation on both sides; gives the first difference. */
  step(operation: Operation): Promise<Mismatch | undefined>
  readonly reads: number
  /** Of these, reads of what stood in the cache at rest. */
  readonly atRest: number
  readonly counts: Counts
  close(): void
}

/** Questions that are asked again at rest. */
const QUESTIONS = 16

export function createLockstep(bench: Bench, models: Models, redisUrl: string): Lockstep {
  const counts = noCounts()
  for (const client of bench.cached) countReasons(client, counts)
  const sessions = createSessions()
  const near = createNearWatch(bench.cached)
  const queue = createQueueWatch(bench, models, near.flushed)
  const questions = new Map<string, Call>()
  const redis = new Redis(redisUrl, { lazyConnect: true, maxRetriesPerRequest: 3 })
  const entries = createEntries(bench, models, redis)
  const faults = createFaults(bench, createMemory(redis, bench.namespace))
  let reads = 0
  let atRest = 0

  function remember(call: Call): void {
    const name = canonical(call)
    questions.delete(name)
    questions.set(name, call)
    if (questions.size > QUESTIONS) questions.delete(questions.keys().next().value!)
  }

  async function both(operation: Stepwise): Promise<Mismatch | undefined> {
    const client = bench.cached[operation.client]!
    entries.asked(operation)
    const session = sessionName(operation.session, operation.client)
    await queue.settleOthers(session, operation)
    await near.settle(session, operation)
    const [actual, expected] = await Promise.all([
      sessions.within(client, operation.session, () => perform(bench.cached, operation)),
      perform(bench.plain, operation),
    ])
    near.performed(session, operation)
    countPerformed(expected, counts)
    for (const { about } of expected) {
      if (about?.kind !== 'call' || !isRead(about)) continue
      reads++
      if (operation.kind !== 'interactive') remember(about)
    }
    const refused = await queue.settleRisky(
      session,
      operation,
      expected.some(({ outcome }) => outcome.kind === 'error'),
    )
    if (expected.some(({ outcome }) => outcome.kind === 'error' && outcome.code === 'P2003')) {
      await levelSequences(bench, models)
    }
    return compare(expected, actual, refused)
  }

  /** @returns whether Postgres refused any of what was accepted */
  async function settle(): Promise<boolean> {
    const refused = await queue.settle()
    await near.settleAll()
    return refused
  }

  async function race({ members, slowMs }: Extract<Operation, { kind: 'race' }>): Promise<Mismatch | undefined> {
    for (const member of members) entries.asked(member)
    const all = (side: Side, run: (member: Racing, work: () => Promise<Performed[]>) => Promise<Performed[]>) =>
      Promise.all(members.map((member) => run(member, () => perform(side, member))))
    const [actual, expected] = await Promise.all([
      faults.slowly(slowMs, () =>
        all(bench.cached, (member, work) => sessions.within(bench.cached[member.client]!, member.session, work)),
      ),
      all(bench.plain, (_, work) => work()),
    ])
    const refused = await settle()
    for (const some of expected) countPerformed(some, counts)
    for (const [i, member] of members.entries()) {
      if (member.kind === 'single' && member.step.kind === 'call' && isRead(member.step)) continue
      const [want, got] = [expected[i]!, actual[i]!].map((some) => some.map(({ outcome }) => howOf(outcome)).join(', '))
      if (want !== got && !(refused && got === 'an answer'))
        return { what: `a write in a race: ${canonical(member)}`, expected: want!, actual: got! }
    }
    return undefined
  }

  async function outage({ client, members }: Extract<Operation, { kind: 'outage' }>): Promise<Mismatch | undefined> {
    const mismatch = await faults.without(client, async () => {
      for (const member of members) {
        const found = await both(member)
        if (found) return found
      }
      return undefined
    })
    // What was owed in it the session distrusts to its end.
    sessions.begin()
    await settle()
    return mismatch
  }

  function compare(
    expected: readonly Performed[],
    actual: readonly Performed[],
    refused: boolean,
  ): Mismatch | undefined {
    for (let i = 0; i < Math.max(expected.length, actual.length); i++) {
      const about = expected[i]?.about ?? actual[i]?.about
      const [want, got] = [textOf(expected[i]?.outcome, about), textOf(actual[i]?.outcome, about)]
      // Accepted, and refused by Postgres when it was flushed: the plain client was told at once.
      const isLate = refused && expected[i]?.outcome.kind === 'error' && actual[i]?.outcome.kind === 'answer'
      if (want !== got && !isLate) {
        const what = about?.kind === 'call' ? `${about.model}.${about.operation}` : (about?.sql ?? 'the transaction')
        return { what, expected: want, actual: got }
      }
      const outcome = actual[i]?.outcome
      if (outcome?.kind === 'answer') spoil(outcome.value)
    }
    return undefined
  }

  function textOf(outcome: Outcome | undefined, about: Performed['about']): string {
    if (!outcome) return 'nothing'
    if (outcome.kind === 'error') return `${outcome.name} ${outcome.code ?? ''}`
    const options = { timed: models.timed }
    return about?.kind === 'call'
      ? canonicalAnswer(models, about, outcome.value, options)
      : canonical(outcome.value, options)
  }

  return {
    get reads() {
      return reads
    },
    get atRest() {
      return atRest
    },
    counts,
    close: () => redis.disconnect(),
    async step(operation) {
      switch (operation.kind) {
        case 'rest': {
          await settle()
          const standing = await entries.compare()
          atRest += standing.reads
          if (standing.mismatch) return standing.mismatch
          for (const call of questions.values()) for (const i of bench.cached.keys()) entries.remember(i, call)
          const rest = await restAndCompare(bench, models, [...questions.values()])
          reads += rest.reads
          return rest.mismatch
        }
        case 'race':
          await settle()
          return await race(operation)
        case 'outage':
          await settle()
          return await outage(operation)
        case 'keep':
          await settle()
          await faults.keep()
          return undefined
        case 'forget':
          await settle()
          await faults.forget()
          sessions.begin()
          return undefined
        case 'evict':
          await settle()
          await faults.evict(operation.salt)
          return undefined
        case 'single':
        case 'together':
        case 'array':
        case 'interactive':
          return await both(operation)
        default:
          return assertNever(operation)
      }
    },
  }
}
