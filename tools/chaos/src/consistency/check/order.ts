import { type Op, readsNoRow } from '../history/op.js'
import { type Violation, violation } from './verdict.js'

/** What is known of a register's writes once all that anybody saw is put together. */
export interface WriteOrder {
  /** Of a write or a read: its write's place, as far as any answer said it. -1: nobody knows. */
  seqOf(op: Op): number
  /** The write that made this place. Undefined: it is not known, or the first state. */
  writeAt(seq: number): Op | undefined
}

/**
 * Postgres counts the writes of a row. So each place has one value and each value one place, and what was read was
 * written, by a write that had begun and was not rolled back.
 */
export function orderOf(ops: readonly Op[]): { readonly order: WriteOrder; readonly violations: readonly Violation[] } {
  const violations: Violation[] = []
  const writes = new Map<number, Op>()
  for (const op of ops) if (op.kind === 'write') writes.set(op.value, op)
  const seqOfValue = new Map<number, Op>()
  const valueOfSeq = new Map<number, Op>()
  for (const op of ops) {
    if (op.kind === 'count' || op.aborted || op.ret === Number.POSITIVE_INFINITY || readsNoRow(op)) continue
    if (op.kind === 'read') {
      const write = writes.get(op.value)
      const why = whyNotWritten(op, write)
      if (why) violations.push(violation('never-written', why, [write, op]))
      if (why) continue
    }
    if (op.seq < 0) continue
    const [sameValue, sameSeq] = [seqOfValue.get(op.value), valueOfSeq.get(op.seq)]
    if (sameValue && sameValue.seq !== op.seq) {
      violations.push(violation('one-order', 'one write in two places', [sameValue, op]))
    }
    if (sameSeq && sameSeq.value !== op.value) {
      violations.push(violation('one-order', 'two writes in one place', [sameSeq, op]))
    }
    seqOfValue.set(op.value, op)
    valueOfSeq.set(op.seq, op)
  }
  return {
    violations,
    order: {
      seqOf: (op) => (op.seq >= 0 ? op.seq : (seqOfValue.get(op.value)?.seq ?? -1)),
      writeAt: (seq) => writes.get(valueOfSeq.get(seq)?.value ?? 0),
    },
  }
}

function whyNotWritten(read: Op, write: Op | undefined): string | undefined {
  if (!write) return read.value === 0 ? undefined : 'a value that nobody wrote'
  if (write.aborted) return 'a write that was refused or undone'
  return read.ret < write.call ? 'a write that had not begun' : undefined
}
