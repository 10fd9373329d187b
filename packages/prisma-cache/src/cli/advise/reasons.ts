import type { StrategyName } from '@prisma-cache/policy-dsl'
import type { Facts } from './decide.js'
import type { Answers } from './tree.js'

/** All that a reason may depend on. An answer that was not asked for is absent. */
export interface Situation {
  readonly chosen: StrategyName
  readonly answers: Partial<Answers>
  readonly facts: Facts
}

interface Reason {
  /** Every part must hold; absent: always. */
  readonly when?: {
    readonly chosen?: StrategyName
    readonly answers?: Partial<Answers>
    readonly facts?: Partial<Facts>
  }
  readonly because: string
}

const blind: Reason = {
  when: { facts: { isBlind: true } },
  because: 'refused for a view without `dependsOn` (PC2204).',
}
const view: Reason = {
  when: { facts: { isView: true } },
  because: 'a view is not written: it would do as `invalidate` does.',
}
const readMisses =
  'the read that soon follows a write is a miss and goes to Postgres, where `writeThrough` has the row ready.'
const waits: readonly Reason[] = [
  {
    when: { chosen: 'writeBehind', answers: { bottleneck: 'latency' } },
    because: 'each caller waits for Postgres, which is what is too slow.',
  },
  {
    when: { chosen: 'writeBehind' },
    because: 'each write is a statement of its own in Postgres, which is too busy with them.',
  },
]

/** Why a strategy that was not chosen is worse: the first reason that fits. */
const against: Readonly<Record<StrategyName, readonly Reason[]>> = {
  writeThrough: [
    blind,
    view,
    ...waits,
    {
      because:
        'each write costs a fence and a put besides its statement, for a read that seldom comes; the row then lies in Redis until its ttl.',
    },
  ],
  writeBehind: [
    { when: { facts: { isView: true } }, because: 'refused for a view: there are no writes of it to accept (PC2209).' },
    {
      when: { answers: { stale: 'never' } },
      because: 'cannot be `strong` (PC2201): its writes are answered before they are in Postgres.',
    },
    {
      when: { answers: { loss: 'none' } },
      because:
        'a pending write is lost if Redis loses it, as far as `durability` allows that, and Postgres may reject it after the caller was answered.',
    },
    {
      when: { answers: { bottleneck: 'none' } },
      because: 'Postgres keeps up: a queue, a worker and late rejections would buy nothing.',
    },
    {
      when: { facts: { canAcceptEarly: false } },
      because: 'would fit these answers, but not this model:',
    },
  ],
  writeAround: [
    blind,
    view,
    ...waits,
    { when: { answers: { readAfterWrite: 'often' } }, because: readMisses },
    {
      because:
        'it is the word for models that are written all the time and read seldom. In this version it drops the same entries as `invalidate`.',
    },
  ],
  invalidate: [
    blind,
    ...waits,
    { when: { answers: { readAfterWrite: 'often' } }, because: readMisses },
    {
      because:
        'it is the word for models that are read in lists more than they are written. In this version it drops the same entries as `writeAround`.',
    },
  ],
  none: [
    {
      when: { answers: { stale: 'never' } },
      because:
        'every read goes to Postgres, although `strong` keeps the same promise among all writers that use the extension.',
    },
    { because: 'every read goes to Postgres, also where a cached answer would do.' },
  ],
}

export function reasonAgainst(strategy: StrategyName, situation: Situation): string {
  const reason = against[strategy].find(({ when = {} }) => {
    if (when.chosen !== undefined && when.chosen !== situation.chosen) return false
    return holds(when.answers, situation.answers) && holds(when.facts, situation.facts)
  })
  if (reason === undefined) throw new Error(`no reason against ${strategy} where ${situation.chosen} is chosen`)
  return reason.because
}

function holds<T extends object>(expected: Partial<T> | undefined, actual: Partial<T>): boolean {
  return Object.entries(expected ?? {}).every(([name, value]) => actual[name as keyof T] === value)
}
