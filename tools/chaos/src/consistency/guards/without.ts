import { FlagError } from '../../cli/flags.js'
import type { ConsistencyFlags } from '../flags.js'
import { describeViolation } from '../history/print.js'
import { runHistories, type Servers } from '../run/run.js'
import { GUARDS, type Guard } from './guards.js'

export function guardsOf(names: string): readonly Guard[] {
  if (names === 'all') return GUARDS
  return names.split(',').map((name) => {
    const found = GUARDS.find((guard) => guard.name === name)
    if (found) return found
    throw new FlagError(`--without ${name}: it is one of ${GUARDS.map((guard) => guard.name).join(', ')}, all`)
  })
}

/** Where a guard is registered to be taken out, for `fork`. */
export function clientWithout(guard: Guard) {
  return { execArgv: ['--import', new URL('./register.js', import.meta.url).href], env: { CHAOS_WITHOUT: guard.name } }
}

export type Found =
  | { readonly kind: 'found'; readonly operations: number; readonly seconds: number; readonly shown: string }
  | { readonly kind: 'missed'; readonly operations: number; readonly seconds: number }
  | { readonly kind: 'broken'; readonly what: string }

/** Runs without the guard until its absence is found, or for so many operations as are stated. */
export async function findAbsence(
  servers: Servers,
  guard: Guard,
  flags: ConsistencyFlags,
  seed: number,
): Promise<Found> {
  const result = await runHistories(servers, {
    ...flags,
    seed,
    classes: guard.classes,
    faults: guard.faults,
    models: guard.models,
    leaseMs: guard.leaseMs,
    client: clientWithout(guard),
    generationMs: guard.generationMs ?? 1500,
    atMost: guard.within,
  })
  const operations = Object.values(result.calls).reduce((a, b) => a + b, 0)
  const { seconds, broken, violations } = result
  if (broken.length > 0) return { kind: 'broken', what: broken[0]! }
  if (violations.length === 0) return { kind: 'missed', operations, seconds }
  return { kind: 'found', operations, seconds, shown: describeViolation(violations[0]!) }
}
