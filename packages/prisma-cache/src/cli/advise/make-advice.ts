import { argumentNames, type ConsistencyClass, type StrategyName } from '@prisma-cache/policy-dsl'
import { listed } from '../text/words.js'
import type { Facts } from './decide.js'
import { failuresOf } from './failures.js'
import { reasonAgainst } from './reasons.js'
import { type Answers, type Leaf, type LeafName, leaves } from './tree.js'

export interface Advice {
  readonly strategy: StrategyName
  /** As it stands in the schema. */
  readonly annotation: string
  readonly because: string
  readonly notes: readonly string[]
  readonly against: readonly { readonly strategy: StrategyName; readonly because: string }[]
  readonly failures: readonly string[]
}

const strategies: readonly StrategyName[] = ['writeThrough', 'writeBehind', 'writeAround', 'invalidate', 'none']
const classes: Readonly<Record<Answers['stale'], ConsistencyClass>> = {
  never: 'strong',
  session: 'session',
  bounded: 'eventual',
}

/** What is known of the model that is advised on. */
export interface ModelNotes {
  /** Why it cannot be written behind, where it cannot. */
  readonly obstacle?: string
  /** What it says already, defaults too: advice on a strategy is no reason to change what it does not decide. */
  readonly given?: Readonly<Record<string, string>>
  /** Its relations to models that are not `strong`. */
  readonly weaker?: readonly string[]
}

export function makeAdvice(
  name: LeafName,
  answers: Partial<Answers>,
  facts: Facts,
  { obstacle, given: before = {}, weaker = [] }: ModelNotes = {},
): Advice {
  const { strategy, because, arguments: proposed }: Leaf = leaves[name]
  const consistency = strategy === 'none' || answers.stale === undefined ? undefined : classes[answers.stale]
  const { ttl, ...others } = keptBy(strategy, consistency, before)
  const given = strategy === 'writeBehind' ? withItsOwn(proposed, before) : proposed
  const args = {
    // Where it is the bound that was asked for, it is said even if it is the default.
    ...(ttl !== undefined ? { ttl } : consistency === 'eventual' ? { ttl: '5m' } : {}),
    ...(consistency === undefined || consistency === 'session' ? {} : { consistency }),
    ...others,
    ...given,
  }
  const situation = { chosen: strategy, answers, facts }
  return {
    strategy,
    annotation: write(strategy, args),
    because,
    notes: [
      ...slowWrites(strategy, answers),
      ...changesOf(strategy, proposed, given, before),
      ...notesOn(strategy, consistency, weaker),
    ],
    against: strategies
      .filter((other) => other !== strategy)
      .map((other) => {
        const reason = reasonAgainst(other, situation)
        return { strategy: other, because: reason.endsWith(':') && obstacle ? `${reason} ${obstacle}` : reason }
      }),
    failures: failuresOf(strategy, consistency, given.durability),
  }
}

/** What the answers decide, or the leaf proposes. */
const decided = ['consistency', 'flushEvery', 'maxBatch', 'durability']

/** What a leaf proposes is for a model that says nothing of it, and never less durable than what it says. */
function withItsOwn(
  proposed: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { flushEvery, maxBatch, durability } = before
  return {
    ...proposed,
    ...(flushEvery === undefined ? {} : { flushEvery }),
    ...(maxBatch === undefined ? {} : { maxBatch }),
    ...(durability !== undefined && strength(durability) > strength(proposed.durability) ? { durability } : {}),
  }
}

/** 0 in memory, 1 on the disk of Redis, more by the number of replicas. */
function strength(durability = 'memory'): number {
  if (durability === 'memory') return 0
  return 1 + Number(/\d+/.exec(durability)?.[0] ?? 0)
}

function changesOf(
  strategy: StrategyName,
  proposed: Readonly<Record<string, string>>,
  given: Readonly<Record<string, string>>,
  before: Readonly<Record<string, string>>,
): readonly string[] {
  return [
    ...(strategy !== 'none' && before.read === 'none'
      ? ['`read: none` goes: with it nothing that is cached would ever be read.']
      : []),
    ...(given.durability !== proposed.durability
      ? [
          `It keeps its \`durability: ${given.durability}\`; \`${proposed.durability}\` would be faster, and lose more when Redis crashes.`,
        ]
      : []),
  ]
}

function keptBy(
  strategy: StrategyName,
  consistency: ConsistencyClass | undefined,
  before: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const names = argumentNames(strategy).filter((name) => !decided.includes(name))
  return Object.fromEntries(
    Object.entries(before).filter(([name, text]) => {
      if (!names.includes(name) || (name === 'read' && text === 'none')) return false
      if (name === 'onCacheDown' && text === 'bypass') return strategy !== 'writeBehind' && consistency !== 'strong'
      return !(name === 'near' && consistency === 'strong')
    }),
  )
}

function write(strategy: StrategyName, args: Readonly<Record<string, string>>): string {
  const list = Object.entries(args).map(([name, value]) => `${name}: ${value}`)
  return list.length === 0 ? `@cache.${strategy}` : `@cache.${strategy}(${list.join(', ')})`
}

/** The one answer that no database-first strategy does anything about. */
function slowWrites(strategy: StrategyName, { bottleneck = 'none' }: Partial<Answers>): readonly string[] {
  if (bottleneck === 'none' || strategy === 'writeBehind' || strategy === 'none') return []
  return ['Its writes stay as fast as Postgres is: only `writeBehind` is faster, and it is ruled out below.']
}

function notesOn(
  strategy: StrategyName,
  consistency: ConsistencyClass | undefined,
  weaker: readonly string[],
): readonly string[] {
  return [
    ...(consistency === 'eventual' ? ['`ttl` is the bound: set it to the age that you can bear.'] : []),
    ...(consistency === 'strong'
      ? ['`strong` holds among writers that use the extension, and needs a Redis that evicts nothing.']
      : []),
    ...(consistency === 'strong' && weaker.length > 0
      ? [`Reads that include, filter, order or count by what is not \`strong\` go to Postgres: ${listed(weaker)}.`]
      : []),
    ...(strategy === 'writeBehind'
      ? ['It needs the flush worker and the model PrismaCacheLedger: `npx prisma-cache init --write-behind` adds it.']
      : []),
  ]
}
