import { type Op, publishedAt } from '../history/op.js'
import type { WriteOrder } from './order.js'
import { type Violation, violation } from './verdict.js'

/**
 * No answer is older than the bound: what has been overwritten for longer is not read.
 *
 * @param boundUs from the later write's acknowledgement, or from its publication where that is what ends an answer
 */
export function checkAges(
  ops: readonly Op[],
  order: WriteOrder,
  { boundUs, from }: { readonly boundUs: number; readonly from: 'acknowledged' | 'published' },
): readonly Violation[] {
  const endOf = (write: Op) => (from === 'published' ? publishedAt(write) : write.ret)
  // By place: the earliest end among this write and all later ones.
  const writes = ops
    .filter((op) => op.kind === 'write' && !op.aborted && order.seqOf(op) > 0)
    .sort((a, b) => order.seqOf(a) - order.seqOf(b))
  const earliest: Op[] = []
  for (let i = writes.length - 1; i >= 0; i--) {
    const later = earliest[i + 1]
    earliest[i] = later && endOf(later) < endOf(writes[i]!) ? later : writes[i]!
  }
  const seqs = writes.map((write) => order.seqOf(write))
  return ops.flatMap((op) => {
    if (op.kind !== 'read' || op.seq < 0 || op.ret === Number.POSITIVE_INFINITY) return []
    const over = earliest[firstPast(seqs, op.seq)]
    if (!over) return []
    const age = op.call - endOf(over)
    if (age <= boundUs) return []
    const why = `an answer that was overwritten ${Math.round(age / 1000)} ms before; the bound is ${boundUs / 1000} ms`
    return [violation('bounded-age', why, [order.writeAt(op.seq), over, op])]
  })
}

function firstPast(seqs: readonly number[], seq: number): number {
  let [low, high] = [0, seqs.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (seqs[middle]! <= seq) low = middle + 1
    else high = middle
  }
  return low
}
