import type { ConsistencyClass } from 'prisma-cache'
import type { Op } from '../history/op.js'
import { withAbsences } from './absences.js'
import { checkAges } from './ages.js'
import { byTime } from './floors.js'
import { isLinearizable } from './linearizable.js'
import { minimal } from './minimal.js'
import { orderOf, type WriteOrder } from './order.js'
import { checkSessions } from './sessions.js'
import { noExceptions, type Verdict, type Violation, violation } from './verdict.js'
import { withoutOrder } from './zones.js'

/** What a model's reads are held to. */
export interface Terms {
  readonly consistency: ConsistencyClass
  readonly near: boolean
  /** Microseconds that an answer may have been overwritten for. Undefined: nothing is said of that. */
  readonly ageUs: number | undefined
}

/** Every operation of one register, against what its class promises. */
export function checkRegister(ops: readonly Op[], terms: Terms): Verdict {
  const { order, violations } = orderOf(ops)
  if (violations.length > 0) return { violations, exceptions: noExceptions() }
  if (terms.consistency === 'strong') {
    const named = withAbsences(ops, order, 'earliest of all')
    const violations = [...checkStrong(named), ...checkInOrder(named, order)]
    return { violations, exceptions: noExceptions() }
  }
  const sessions =
    terms.consistency === 'session'
      ? checkSessions(withAbsences(ops, order, 'earliest of the session'), order, terms)
      : { violations: [], exceptions: noExceptions() }
  const from = terms.consistency === 'eventual' ? 'acknowledged' : 'published'
  const ages =
    terms.ageUs === undefined
      ? []
      : checkAges(withAbsences(ops, order, 'latest'), order, { boundUs: terms.ageUs, from })
  return { violations: [...sessions.violations, ...ages], exceptions: sessions.exceptions }
}

function checkStrong(ops: readonly Op[]): Violation[] {
  const conflict = withoutOrder(ops)
  if (!conflict) return []
  // The quick way found it; what is told was found by the other one too.
  const hasOrder = (some: readonly Op[]) => isLinearizable(some)
  const small = conflict.length > 0 && !hasOrder(conflict) ? conflict : ops
  const shown = minimal(small, (some) => withoutOrder(some) !== undefined)
  const agreed = hasOrder(shown) ? ' (the two algorithms disagree: one of them is wrong)' : ''
  return [{ rule: 'linearizable', key: ops[0]!.key, why: `there is no order of these operations${agreed}`, ops: shown }]
}

/**
 * The order of the writes is not any that would do, it is that of Postgres. So nothing goes behind what anybody had
 * written or read by then.
 */
function checkInOrder(ops: readonly Op[], order: WriteOrder): Violation[] {
  const known = ops.filter((op) => !op.aborted && op.ret !== Number.POSITIVE_INFINITY && order.seqOf(op) >= 0)
  return [...byTime(known, order)].flatMap(({ op, floor }) => {
    const [seq, least] = [order.seqOf(op), order.seqOf(floor)]
    if (op.kind === 'write' ? seq > least : seq >= least) return []
    return [violation('linearizable', `place ${seq} after place ${least}`, [order.writeAt(seq), floor, op])]
  })
}
