import type { Op } from '../history/op.js'
import type { WriteOrder } from './order.js'

export interface Pair {
  readonly op: Op
  /** The furthest that had been written or read before. */
  readonly floor: Op
}

/** Several at once: before an operation is what had returned when it was called. */
export function* byTime(ops: Op[], order: WriteOrder): Iterable<Pair> {
  const returned = [...ops].sort((a, b) => a.ret - b.ret)
  let next = 0
  let floor: Op | undefined
  for (const op of ops.sort((a, b) => a.call - b.call)) {
    for (; next < returned.length && returned[next]!.ret < op.call; next++) {
      if (!floor || isFurther(returned[next]!, floor, order)) floor = returned[next]
    }
    if (floor) yield { op, floor }
  }
}

/** Of two that saw the same the own write counts: it binds more. */
export function isFurther(op: Op, floor: Op, order: WriteOrder): boolean {
  const [a, b] = [order.seqOf(op), order.seqOf(floor)]
  return a > b || (a === b && op.kind === 'write')
}
