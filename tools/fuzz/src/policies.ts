import {
  definePolicies,
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
] as const

export type PolicyMode = (typeof POLICY_MODES)[number]

/** Of these the policies are drawn, too. */
const MIXED = new Set<PolicyMode>(['mixed', 'fields', 'near'])

/** The policies of a run; those of `mixed`, `fields` and `near` are drawn with its seed. Models of the machinery are never cached. */
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

/** Copies in the process, of few entries so that some are evicted, where the policy may have them. */
function withNear(policies: PolicySet, draws: () => boolean): PolicySet {
  const models = Object.entries(policies.models).map(([name, entry]) => {
    const { policy } = entry
    if (policy.strategy === 'none' || policy.consistency === 'strong' || !draws()) return [name, entry] as const
    return [name, { ...entry, policy: { ...policy, near: { kind: 'on', max: 20, ttlMs: 600_000 } } }] as const
  })
  return { ...policies, models: Object.fromEntries(models) } as PolicySet
}

/**
 * Omitted and scope fields on top. No versions: the client without the cache would have to count them too.
 */
function withFields(policies: PolicySet, names: readonly string[], random: Random): PolicySet {
  const models = names.map((name) => {
    const entry = policies.models[name]!
    const { fields, primaryKey } = entry.facts
    const others = fields.filter(
      ({ name: field, type }) => type !== 'Unsupported' && !primaryKey?.fields.includes(field),
    )
    const omit = others.filter(() => random.chance(0.15)).map((field) => field.name)
    const scopes = fields.filter(
      ({ name: field, type, list, nullable }) => SCOPES.has(type) && !list && !nullable && !omit.includes(field),
    )
    const scope = scopes.length > 0 && random.chance(0.3) ? [random.pick(scopes).name] : []
    return [name, { ...entry, fieldPolicies: { omit, scope } }] as const
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
