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
  'writeAround',
  'invalidate',
  'strong',
  'mixed',
] as const

export type PolicyMode = (typeof POLICY_MODES)[number]

/** The policies of a run; those of `mixed` are drawn with its seed. Models of the machinery are never cached. */
export function policiesOf(
  generated: PolicySet,
  mode: PolicyMode,
  seed: number,
  exclude: readonly string[],
): PolicySet {
  if (mode === 'as-annotated') return generated
  const names = Object.keys(generated.models).filter((name) => !exclude.includes(name))
  const random = createRandom(seed ^ 0x5eed)
  for (let attempt = 0; ; attempt++) {
    const drafts = Object.fromEntries(names.map((name) => [name, draftOf(generated, name, mode, random)]))
    try {
      return definePolicies(generated, drafts)
    } catch (error) {
      // Some neighbours do not go together, which only the whole set shows.
      if (!(error instanceof PolicyError) || mode !== 'mixed' || attempt > 50) throw error
    }
  }
}

function draftOf(generated: PolicySet, name: string, mode: PolicyMode, random: Random): PolicyDraft {
  const queue = () => writeBehind({ ttl: '10m', flushEvery: '100ms', durability: 'memory' })
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
    case 'mixed': {
      const consistency = random.pick(['eventual', 'session', 'strong'] as const)
      return random.weighted<PolicyDraft>([
        [3, writeThrough({ ttl: '10m', consistency })],
        [mayQueue(generated, name) ? 4 : 0, queue()],
        [2, writeAround({ ttl: '10m', consistency })],
        [3, invalidate({ ttl: '10m', consistency })],
        [0.7, none()],
      ])
    }
  }
}

/** Rows are told apart by a primary key that the database does not make. */
function mayQueue(generated: PolicySet, name: string): boolean {
  const { fields, primaryKey } = generated.models[name]!.facts
  if (!primaryKey) return false
  return !fields.some((field) => primaryKey.fields.includes(field.name) && field.default?.by === 'database')
}
