import type { ArgType } from './arg-type.js'
import { durability } from './durability.js'
import { type DurationText, duration, milliseconds } from './duration.js'
import { integer } from './integer.js'
import { keyword } from './keyword.js'
import { notAvailable } from './not-available.js'
import { refusing } from './refusing.js'

/** One argument: what its values are, and the value of a policy that leaves it out. */
export interface ArgumentRow<T> {
  readonly type: ArgType<T>
  readonly default: T
}

const row = <T>(type: ArgType<T>, defaultValue: NoInfer<T>): ArgumentRow<T> => ({ type, default: defaultValue })
const ms = (text: DurationText) => milliseconds(text)!

export const limits = { ttl: '365d', flushEvery: '1h', maxBatch: 5_000 } as const

export const consistencyClasses = ['eventual', 'session', 'strong'] as const

const ttl = row(
  refusing(duration({ max: limits.ttl }), { auto: notAvailable('ttl: auto', 'give a duration such as `5m`') }),
  ms('5m'),
)
const caching = { ttl, consistency: row(keyword(consistencyClasses), 'session') }

const writeBehindConsistency = refusing(keyword(['eventual', 'session']), {
  strong: {
    code: 'PC2201',
    message: '`writeBehind` cannot be `strong`: its writes are answered before they are in Postgres',
    label: 'use `session`, or `writeThrough` for this model',
  },
})

/** The language: a strategy is a row, an argument is a row of it. Checks, defaults, types and docs follow from here. */
export const strategies = {
  writeThrough: caching,
  writeBehind: {
    ttl,
    consistency: row(writeBehindConsistency, 'session'),
    flushEvery: row(duration({ max: limits.flushEvery }), ms('250ms')),
    maxBatch: row(integer({ min: 1, max: limits.maxBatch }), 500),
    durability: row(durability, { kind: 'fsync' }),
  },
  writeAround: caching,
  invalidate: caching,
  none: {},
} as const

export type StrategyRows = typeof strategies
export type StrategyWord = keyof StrategyRows

export const strategyWords = Object.keys(strategies) as readonly StrategyWord[]

export const isStrategy = (word: string): word is StrategyWord => Object.hasOwn(strategies, word)

// biome-ignore lint/suspicious/noExplicitAny: rows of different value types stand in one record; each checks its own.
export function argumentsOf(strategy: StrategyWord): Readonly<Record<string, ArgumentRow<any>>> {
  return strategies[strategy]
}

/** Strategies that take the argument; empty for a word that is none. */
export function strategiesWith(argument: string): readonly StrategyWord[] {
  return strategyWords.filter((strategy) => Object.hasOwn(strategies[strategy], argument))
}
