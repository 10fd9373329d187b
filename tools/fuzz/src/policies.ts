import {
  definePolicies,
  hasExactEquality,
  invalidate,
  none,
  type PolicyDraft,
  PolicyError,
  type PolicySet,
  writeAround,
  writeBehind,
  writeThrough,
} from 'prisma-cache'
import { createRandom, type Random } from './random.js'

export const POLICY_MODES = [
  'as-annotated',
  'writeThrough',
  'writeBehind',
  'queue',
  'writeAround',
  'invalidate',
  'strong',
  'mixed',
  'fields',
  'near',
  'reads',
  'rolling',
  'columns',
] as const

export type PolicyMode = (typeof POLICY_MODES)[number]

/** Of these the policies are drawn, too. */
const MIXED = new Set<PolicyMode>(['mixed', 'fields', 'near', 'reads', 'rolling', 'columns'])

/**
 * The policies of each client of a run: of all the same ones, but in `rolling`, where every client has its own as in the
 * middle of a deployment.
 */
export function policiesOfClients(
  generated: PolicySet,
  { mode, seed }: { readonly mode: PolicyMode; readonly seed: number },
  exclude: readonly string[],
  clients: number,
): readonly PolicySet[] {
  const first = policiesOf(generated, mode, seed, exclude)
  return Array.from({ length: clients }, (_, i) =>
    mode === 'rolling' && i > 0 ? policiesOf(generated, mode, seed + i * 7919, exclude) : first,
  )
}

/** The policies of a run; some modes draw them with its seed. Models of the machinery are never cached. */
export function policiesOf(
  generated: PolicySet,
  mode: PolicyMode,
  seed: number,
  exclude: readonly string[],
): PolicySet {
  if (mode === 'as-annotated') return generated
  const names = Object.keys(generated.models).filter((name) => !exclude.includes(name))
  const random = createRandom(seed ^ 0x5eed)
  // Apart, so that a seed draws the strategies that it has always drawn.
  const varied = createRandom(seed ^ 0xa265)
  const near = createRandom(seed ^ 0x4ea2)
  for (let attempt = 0; ; attempt++) {
    const drafts = Object.fromEntries(names.map((name) => [name, draftOf(generated, name, mode, random, varied)]))
    try {
      const policies = definePolicies(generated, drafts)
      if (mode === 'near') return withNear(policies, () => true)
      if (mode === 'rolling') return withNear(policies, () => near.chance(0.2))
      return mode === 'fields' ? withFields(policies, names, random) : withNear(policies, () => near.chance(0.3))
    } catch (error) {
      // Some neighbours do not go together, which only the whole set shows.
      if (!(error instanceof PolicyError) || !MIXED.has(mode) || attempt > 50) throw error
    }
  }
}

function draftOf(generated: PolicySet, name: string, mode: PolicyMode, random: Random, varied: Random): PolicyDraft {
  const common = { ttl: '10m', flushEvery: '100ms', durability: 'memory' } as const
  const queue = () => writeBehind(common)
  switch (mode) {
    case 'as-annotated':
      throw new TypeError('the annotated policies need no draft')
    case 'writeThrough':
      return writeThrough({ ttl: '10m' })
    case 'writeAround':
      return writeAround({ ttl: '10m' })
    case 'invalidate':
      return invalidate({ ttl: '10m' })
    case 'strong':
      return writeThrough({ ttl: '10m', consistency: 'strong' })
    case 'writeBehind':
      return mayQueue(generated, name) ? queue() : writeThrough({ ttl: '10m' })
    case 'queue':
      if (!generated.models[name]!.facts.primaryKey) return writeThrough({ ttl: '10m' })
      return writeBehind({ ...common, ...queueArguments(varied, mayQueue(generated, name)) })
    case 'reads': {
      const reading = readingOf(generated, name, varied)
      return random.weighted<PolicyDraft>([
        [3, writeThrough(reading)],
        [mayQueue(generated, name) ? 1 : 0, writeBehind({ ...common, ...reading })],
        [1, writeAround(reading)],
        [3, invalidate(reading)],
      ])
    }
    case 'rolling': {
      // What all processes must agree on is left alone: a queue is everybody's or nobody's, and so is a fence of readers.
      const reading = {
        ttl: '10m',
        narrowBy: narrowOf(generated, name, varied),
        consistency: random.pick(['eventual', 'session'] as const),
      } as const
      return random.weighted<PolicyDraft>([
        [3, writeThrough(reading)],
        [1, writeAround(reading)],
        [3, invalidate(reading)],
        [0.5, none()],
      ])
    }
    case 'columns': {
      const reading = {
        ttl: '10m',
        columns: random.chance(0.8) ? 'read' : 'all',
        narrowBy: narrowOf(generated, name, varied),
        consistency: random.pick(['eventual', 'session'] as const),
      } as const
      return random.weighted<PolicyDraft>([
        [3, writeThrough(reading)],
        [mayQueue(generated, name) ? 0.5 : 0, queue()],
        [1, writeAround(reading)],
        [3, invalidate(reading)],
      ])
    }
    case 'fields':
    case 'near':
    case 'mixed': {
      const consistency = random.pick(['eventual', 'session', 'strong'] as const)
      return random.weighted<PolicyDraft>([
        [3, writeThrough({ ttl: '10m', consistency })],
        [
          mayQueue(generated, name) ? 4 : 0,
          varied.chance(0.5) ? queue() : writeBehind({ ...common, ...queueArguments(varied, true) }),
        ],
        [2, writeAround({ ttl: '10m', consistency })],
        [3, invalidate({ ttl: '10m', consistency })],
        [0.7, none()],
      ])
    }
  }
}

/** How a model is read: late, early, for a time that is learned, narrowed by fields of its own. */
function readingOf(generated: PolicySet, name: string, random: Random) {
  return {
    ttl: random.pick(['10m', '300ms', '1s', 'auto'] as const),
    read: random.weighted<'readThrough' | 'refreshAhead(0.1)' | 'staleWhileRevalidate(30s)' | 'none'>([
      [2, 'readThrough'],
      [4, 'refreshAhead(0.1)'],
      [4, 'staleWhileRevalidate(30s)'],
      [0.2, 'none'],
    ]),
    negativeTtl: random.pick(['1s', '5m'] as const),
    narrowBy: narrowOf(generated, name, random),
  }
}

function narrowOf(generated: PolicySet, name: string, random: Random): 'auto' | readonly string[] {
  if (random.chance(0.3)) return 'auto'
  const { fields } = generated.models[name]!.facts
  return random.some(fields.filter(hasExactEquality)).map((field) => field.name)
}

/** Copies in the process, of few entries so that some are evicted, where the policy may have them. */
function withNear(policies: PolicySet, draws: () => boolean): PolicySet {
  const models = Object.entries(policies.models).map(([name, entry]) => {
    const { policy } = entry
    if (policy.strategy === 'none' || policy.consistency === 'strong' || policy.read.kind === 'none')
      return [name, entry] as const
    if (!draws()) return [name, entry] as const
    return [name, { ...entry, policy: { ...policy, near: { kind: 'on', max: 20, ttlMs: 600_000 } } }] as const
  })
  return { ...policies, models: Object.fromEntries(models) } as PolicySet
}

/** Omitted and scope fields on top. */
function withFields(policies: PolicySet, names: readonly string[], random: Random): PolicySet {
  const models = names.map((name) => {
    const entry = policies.models[name]!
    const { fields, primaryKey } = entry.facts
    const others = fields.filter(
      ({ name: field, type }) =>
        type !== 'Unsupported' && !primaryKey?.fields.includes(field) && field !== entry.fieldPolicies?.version,
    )
    const omit = others.filter(() => random.chance(0.15)).map((field) => field.name)
    const scopes = fields.filter(
      ({ name: field, type, list, nullable }) => SCOPES.has(type) && !list && !nullable && !omit.includes(field),
    )
    const scope = scopes.length > 0 && random.chance(0.3) ? [random.pick(scopes).name] : []
    return [name, { ...entry, fieldPolicies: { ...entry.fieldPolicies, omit, scope } }] as const
  })
  return { ...policies, models: { ...policies.models, ...Object.fromEntries(models) } }
}

const SCOPES = new Set(['String', 'Int', 'BigInt', 'Enum'])

/** Rows are told apart by a primary key that the database does not make. */
function mayQueue(generated: PolicySet, name: string): boolean {
  const { fields, primaryKey } = generated.models[name]!.facts
  if (!primaryKey) return false
  return !fields.some((field) => primaryKey.fields.includes(field.name) && field.default?.by === 'database')
}

/** @param accepts whether the client can make the key */
function queueArguments(random: Random, accepts: boolean) {
  return {
    increments: random.pick(['delta', 'absolute'] as const),
    creates: accepts ? random.pick(['accept', 'writeThrough'] as const) : ('writeThrough' as const),
    ...(random.chance(0.5) ? { maxPending: 5, onFull: random.pick(['writeThrough', 'block'] as const) } : {}),
  }
}
