import type { StrategyName } from '@prisma-cache/policy-dsl'

/** The decision tree as data: questions, leaves, and which leaf follows from which answers. */

export interface Answers {
  readonly stale: 'never' | 'session' | 'bounded'
  readonly loss: 'none' | 'seconds'
  readonly bottleneck: 'none' | 'latency' | 'throughput'
  readonly readAfterWrite: 'often' | 'seldom'
}

export type Asked = keyof Answers

export interface Question {
  readonly name: Asked
  /** Of the command line. */
  readonly flag: string
  readonly text: string
  readonly choices: readonly { readonly value: string; readonly text: string }[]
}

export const questions: readonly Question[] = [
  {
    name: 'stale',
    flag: 'stale',
    text: 'may a read be answered with an old value?',
    choices: [
      { value: 'never', text: 'never, whoever wrote it' },
      { value: 'session', text: 'yes, but nobody may miss a write of their own' },
      { value: 'bounded', text: 'yes, if it is not older than a bound' },
    ],
  },
  {
    name: 'loss',
    flag: 'loss',
    text: 'may a write be lost after its caller was answered?',
    choices: [
      { value: 'none', text: 'no' },
      { value: 'seconds', text: 'the last seconds, in a disaster; or refused late by Postgres' },
    ],
  },
  {
    name: 'bottleneck',
    flag: 'bottleneck',
    text: 'what is too slow about its writes?',
    choices: [
      { value: 'none', text: 'nothing' },
      { value: 'latency', text: 'each one: a caller waits too long for Postgres' },
      { value: 'throughput', text: 'all of them: Postgres is too busy with them' },
    ],
  },
  {
    name: 'readAfterWrite',
    flag: 'read-after-write',
    text: 'how often is a row read soon after it was written?',
    choices: [
      { value: 'often', text: 'often' },
      { value: 'seldom', text: 'seldom' },
    ],
  },
]

export interface Leaf {
  readonly strategy: StrategyName
  /** Besides `consistency`, which follows from `stale`. */
  readonly arguments: Readonly<Record<string, string>>
  /** Why it fits these answers. */
  readonly because: string
}

export const leaves = {
  view: {
    strategy: 'none',
    arguments: {},
    because:
      'It is a view: nothing says which writes change it, so no entry of it could be made to die. If you can name the models that it reads, `@cache.invalidate(dependsOn: [...])` caches it.',
  },
  readView: {
    strategy: 'invalidate',
    arguments: {},
    because: 'It is a view that names the models it reads: each write of one of them drops what depended on it.',
  },
  through: {
    strategy: 'writeThrough',
    arguments: {},
    because:
      'Rows are read soon after they were written: Postgres has the write before the caller has its answer, and the row that Postgres returned is put into the cache for the read that follows.',
  },
  around: {
    strategy: 'writeAround',
    arguments: {},
    because:
      'Writes are what it is about, and few reads follow them: a write goes to Postgres alone and drops what was cached, and only a read puts something in its place.',
  },
  invalidate: {
    strategy: 'invalidate',
    arguments: {},
    because:
      'Reads are what it is about, and nothing is wrong with its writes: the general choice, which drops what depended on a write and fills at the next read.',
  },
  behindFast: {
    strategy: 'writeBehind',
    arguments: { flushEvery: '250ms', durability: 'memory' },
    because:
      'Callers wait too long for Postgres, and the last seconds may be lost: a write is answered as soon as Redis has it in memory, and reaches Postgres a moment later.',
  },
  behindBatch: {
    strategy: 'writeBehind',
    arguments: { flushEvery: '1s', maxBatch: '1000', durability: 'fsync' },
    because:
      'Postgres is too busy with single writes, and the last seconds may be lost: writes of a second are folded, many of one row into one, and applied in batches.',
  },
} as const satisfies Readonly<Record<string, Leaf>>

export type LeafName = keyof typeof leaves

/** A fact of the schema that no person has to be asked. `isBlind`: a view without `dependsOn`. */
export type Fact = 'isView' | 'isBlind' | 'canAcceptEarly'

export type Node =
  | { readonly leaf: LeafName }
  | { readonly ask: Asked; readonly answers: Readonly<Record<string, Node>> }
  | { readonly fact: Fact; readonly yes: Node; readonly no: Node }

const writesAreFine: Node = {
  ask: 'readAfterWrite',
  answers: { often: { leaf: 'through' }, seldom: { leaf: 'invalidate' } },
}
const writesAreNot: Node = {
  ask: 'readAfterWrite',
  answers: { often: { leaf: 'through' }, seldom: { leaf: 'around' } },
}

/** Every write waits for Postgres. */
const databaseFirst: Node = {
  ask: 'bottleneck',
  answers: { none: writesAreFine, latency: writesAreNot, throughput: writesAreNot },
}

/** Writes may be answered before Postgres has them, if that helps and the model allows it. */
const mayBeLate: Node = {
  ask: 'bottleneck',
  answers: {
    none: writesAreFine,
    latency: { fact: 'canAcceptEarly', yes: { leaf: 'behindFast' }, no: writesAreNot },
    throughput: { fact: 'canAcceptEarly', yes: { leaf: 'behindBatch' }, no: writesAreNot },
  },
}

const byLoss: Node = { ask: 'loss', answers: { none: databaseFirst, seconds: mayBeLate } }

export const tree: Node = {
  fact: 'isView',
  yes: {
    fact: 'isBlind',
    yes: { leaf: 'view' },
    no: {
      ask: 'stale',
      answers: { never: { leaf: 'readView' }, session: { leaf: 'readView' }, bounded: { leaf: 'readView' } },
    },
  },
  no: { ask: 'stale', answers: { never: databaseFirst, session: byLoss, bounded: byLoss } },
}
