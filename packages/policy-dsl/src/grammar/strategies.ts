import type { ArgType } from './arg-type.js'
import { durability } from './durability.js'
import { type DurationText, duration, milliseconds } from './duration.js'
import { integer } from './integer.js'
import { keyword } from './keyword.js'
import { names } from './names.js'
import { near } from './near.js'
import { orAuto } from './or-auto.js'
import { readMode } from './read-mode.js'
import { refusing } from './refusing.js'

/** One argument: what its values are, and the value of a policy that leaves it out. */
export interface ArgumentRow<T> {
  readonly type: ArgType<T>
  /** A function where it follows from the other arguments. */
  readonly default: T | ((values: Readonly<Record<string, unknown>>) => T)
}

const row = <T>(type: ArgType<T>, defaultValue: NoInfer<ArgumentRow<T>['default']>): ArgumentRow<T> => ({
  type,
  default: defaultValue,
})
const ms = (text: DurationText) => milliseconds(text)!

export const limits = {
  ttl: '365d',
  flushEvery: '1h',
  maxBatch: 5_000,
  negativeTtl: '1h',
  maxPending: 100_000_000,
} as const

export const consistencyClasses = ['eventual', 'session', 'strong'] as const
export const columnRules = ['all', 'read'] as const
export const whenFull = ['block', 'writeThrough', 'reject'] as const

/** Of every strategy that caches. */
const reading = {
  ttl: row(orAuto(duration({ max: limits.ttl })), ms('5m')),
  consistency: row(keyword(consistencyClasses), 'session'),
  read: row(readMode, { kind: 'readThrough' }),
  near: row(near, { kind: 'off' }),
  negativeTtl: row(duration({ max: limits.negativeTtl }), ms('1s')),
  narrowBy: row(orAuto(names({ of: 'fields', example: '[ownerId, email]' })), 'auto'),
  columns: row(keyword(columnRules), 'all'),
  dependsOn: row(names({ of: 'models', example: '[Account, Transfer]' }), []),
}

const caching = {
  ...reading,
  onCacheDown: row(keyword(['bypass', 'reject']), ({ consistency }) =>
    consistency === 'strong' ? 'reject' : 'bypass',
  ),
}

const writeBehindConsistency = refusing(keyword(['eventual', 'session']), {
  strong: {
    code: 'PC2201',
    message: '`writeBehind` cannot be `strong`: its writes are answered before they are in Postgres',
    label: 'use `session`, or `writeThrough` for this model',
    rest: 'strong',
  },
})

const writeBehindDown = refusing(keyword(['reject']), {
  bypass: {
    code: 'PC2212',
    message: '`writeBehind` cannot bypass the cache: what is pending in Redis would later be applied over the write',
    label: 'leave it out, or use `writeThrough` for this model',
  },
})

/** The language: a strategy is a row, an argument is a row of it. Checks, defaults, types and docs follow from here. */
export const strategies = {
  writeThrough: caching,
  writeBehind: {
    ...reading,
    consistency: row(writeBehindConsistency, 'session'),
    onCacheDown: row(writeBehindDown, 'reject'),
    flushEvery: row(duration({ max: limits.flushEvery }), ms('250ms')),
    maxBatch: row(integer({ min: 1, max: limits.maxBatch }), 500),
    durability: row(durability, { kind: 'fsync' }),
    maxPending: row(integer({ min: 1, max: limits.maxPending }), 100_000),
    onFull: row(keyword(whenFull), 'block'),
    creates: row(keyword(['accept', 'writeThrough']), 'accept'),
    increments: row(keyword(['delta', 'absolute']), 'delta'),
  },
  writeAround: caching,
  invalidate: caching,
  none: {},
} as const

/** Never an error of the schema: what a policy that leaves the argument out behaves like. */
export function defaultOf<T>(row: ArgumentRow<T>, values: Readonly<Record<string, unknown>>): T {
  return typeof row.default === 'function' ? (row.default as (values: object) => T)(values) : row.default
}

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
