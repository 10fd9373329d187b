import { groupBy, type Op } from '../history/op.js'
import { type Violation, violation } from './verdict.js'

/**
 * A count lies between the rows that were there for certain all the while, which nobody had begun to delete by then, and
 * those that may have been.
 *
 * @param counts of one bucket
 * @param writes of the bucket's registers, each under its own key
 * @param least whose rows must be counted: everybody's (`strong`), those of the session itself, or nobody's
 */
export function checkCounts(
  counts: readonly Op[],
  writes: readonly Op[],
  least: 'all' | 'own' | 'none',
): readonly Violation[] {
  if (counts.length === 0) return []
  const registers = [...groupBy(writes, (op) => op.key).values()].map((ops) => {
    const begun = ops.filter((op) => !op.aborted && !op.deletes)
    const deleted = Math.min(...ops.filter((op) => op.deletes && !op.aborted).map((op) => op.call))
    const done = begun.filter((op) => op.ret !== Number.POSITIVE_INFINITY && op.seq !== 0)
    return { done, deleted, call: Math.min(...begun.map((op) => op.call)), ret: Math.min(...done.map((op) => op.ret)) }
  })
  return counts.flatMap((count) => {
    const most = registers.filter(({ call }) => call < count.ret).length
    if (count.value > most) return [violation('count', `${count.value} rows where ${most} can be`, [count])]
    if (least === 'none') return []
    const kept = registers.filter(({ deleted }) => deleted > count.ret)
    const certain = kept.filter(({ ret, done }) =>
      least === 'all' ? ret < count.call : done.some((op) => precedes(op, count)),
    )
    if (count.value >= certain.length) return []
    const why = `${count.value} rows where there are at least ${certain.length}`
    return [violation('count', why, [count, ...certain.map(({ done }) => firstOf(done))])]
  })
}

function precedes(write: Op, count: Op): boolean {
  return write.session === count.session && write.ret < count.call
}

const firstOf = (ops: readonly Op[]) => ops.reduce((a, b) => (b.ret < a.ret ? b : a))
