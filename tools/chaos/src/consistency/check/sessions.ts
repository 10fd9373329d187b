import { groupBy, isClientSession, type Op, publishedAt } from '../history/op.js'
import { byTime, isFurther, type Pair } from './floors.js'
import type { WriteOrder } from './order.js'
import { type Exceptions, noExceptions, type Verdict, type Violation, violation } from './verdict.js'

export interface SessionTerms {
  /**
   * Copies in the process lag by a push, so what was read elsewhere binds them only if it was published by then; else
   * a publication binds every read that begins after it.
   */
  readonly near: boolean
}

/**
 * Each session of one register: its reads never go behind what it wrote or read, and its writes come after both.
 * Sessions pass from process to process; their operations are numbered in the order in which they were made.
 */
export function checkSessions(ops: readonly Op[], order: WriteOrder, terms: SessionTerms): Verdict {
  const violations: Violation[] = []
  const exceptions = noExceptions()
  const known = ops.filter(
    (op) => op.kind !== 'count' && !op.aborted && op.ret !== Number.POSITIVE_INFINITY && order.seqOf(op) >= 0,
  )
  for (const [session, own] of groupBy(known, (op) => op.session)) {
    const pairs = isClientSession(session) ? byTime(own, order) : byNumber(own, order)
    for (const { op, floor } of pairs) judge(op, floor, order, terms, violations, exceptions)
  }
  return { violations, exceptions }
}

/** One operation after the other. */
function* byNumber(ops: Op[], order: WriteOrder): Iterable<Pair> {
  let floor: Op | undefined
  for (const op of ops.sort((a, b) => a.order - b.order)) {
    if (floor) yield { op, floor }
    if (!floor || isFurther(op, floor, order)) floor = op
  }
}

function judge(
  op: Op,
  floor: Op,
  order: WriteOrder,
  { near }: SessionTerms,
  violations: Violation[],
  exceptions: Exceptions,
): void {
  const [seq, least] = [order.seqOf(op), order.seqOf(floor)]
  const furthest = order.writeAt(least)
  if (op.kind === 'write') {
    if (seq <= least) {
      violations.push(violation('monotonic-writes', `write ${seq} after ${least} was seen`, [furthest, floor, op]))
    }
    return
  }
  if (seq >= least) return
  if (floor.kind === 'write') {
    violations.push(violation('read-your-writes', `read ${seq} after writing ${least}`, [floor, op]))
    return
  }
  const since = near ? floor.ret : op.call
  if (furthest && publishedAt(furthest) < since) {
    const why = `read ${seq} after ${least}, which was published before`
    violations.push(violation('monotonic-reads', why, [furthest, order.writeAt(seq), floor, op]))
    return
  }
  exceptions[furthest && furthest.ret < since ? 'owed' : 'unacknowledged']++
}
