import { groupBy, type Op } from '../history/op.js'
import { REGISTER_MODELS } from '../models.js'
import { checkRegister } from './check-register.js'
import { checkCounts } from './counts.js'
import { noExceptions, type Verdict, type Violation } from './verdict.js'

const LEAST = { strong: 'all', session: 'own', eventual: 'none' } as const
const terms = new Map(REGISTER_MODELS.map((model) => [model.name, model.terms]))

/** Everything that was done to the registers of one generation, by whatever process. */
export function checkGeneration(ops: readonly Op[]): Verdict {
  const violations: Violation[] = []
  const exceptions = noExceptions()
  const rows = ops.filter(({ kind }) => kind !== 'count')
  for (const [key, own] of groupBy(rows, (op) => op.key)) {
    const verdict = checkRegister(own, termsOf(key))
    violations.push(...verdict.violations)
    exceptions.unacknowledged += verdict.exceptions.unacknowledged
    exceptions.owed += verdict.exceptions.owed
  }
  const writes = groupBy(
    rows.filter(({ kind }) => kind === 'write'),
    (op) => op.key.slice(0, op.key.lastIndexOf('/')),
  )
  const counts = ops.filter(({ kind }) => kind === 'count')
  for (const [bucket, own] of groupBy(counts, (op) => op.key)) {
    violations.push(...checkCounts(own, writes.get(bucket) ?? [], LEAST[termsOf(bucket).consistency]))
  }
  return { violations, exceptions }
}

const termsOf = (key: string) => terms.get(key.slice(0, key.indexOf('/')))!
