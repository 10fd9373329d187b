import { type Op, readsNoRow } from '../history/op.js'
import type { WriteOrder } from './order.js'

type Mode = 'earliest of all' | 'earliest of the session' | 'latest'

/**
 * Reads of no row name no write: it may be the first state, or what any delete has left. Here each of them is given the
 * one that suits it best, as if it had said so; then histories with deletes are like any others.
 *
 * Places of writes are known, so what suits best can be said: of an order that must not go back the earliest place that
 * is not behind what was seen before (`floor`), since that leaves most to all later reads; of an age the latest.
 *
 * A read after a delete of unknown place may be of that one, and nothing can be said of it: it is left out.
 *
 */
export function withAbsences(ops: readonly Op[], order: WriteOrder, mode: Mode): Op[] {
  const deletes = ops.filter((op) => op.deletes && !op.aborted)
  if (deletes.length === 0) return [...ops]
  const placed = deletes.filter((op) => order.seqOf(op) >= 0).sort((a, b) => order.seqOf(a) - order.seqOf(b))
  const unplaced = Math.min(...deletes.filter((op) => order.seqOf(op) < 0).map((op) => op.call))
  const floors = createFloors(mode)
  const resolved: Op[] = []
  for (const op of [...ops].sort((a, b) => a.call - b.call || a.order - b.order)) {
    if (!readsNoRow(op)) {
      resolved.push(op)
      floors.add(op, order.seqOf(op))
      continue
    }
    if (unplaced < op.ret) continue
    const begun = placed.filter((one) => one.call < op.ret)
    const latest = begun.at(-1)
    const floor = floors.of(op)
    const chosen = mode === 'latest' || floor === undefined ? latest : earliestPast(begun, order, floor, latest)
    const [value, seq] = chosen ? [chosen.value, order.seqOf(chosen)] : [0, 0]
    const named = { ...op, value, seq }
    resolved.push(named)
    floors.add(named, seq)
  }
  return resolved
}

/** Undefined: the first state. Where nothing is past the floor, the latest is the least behind it. */
function earliestPast(begun: readonly Op[], order: WriteOrder, floor: number, latest: Op | undefined): Op | undefined {
  if (floor <= 0) return undefined
  return begun.find((one) => order.seqOf(one) >= floor) ?? latest
}

/** What had returned when an operation was called, everybody's or the session's own. Operations come by their call. */
function createFloors(mode: Mode) {
  const waiting = new Map<string, { ret: number; seq: number }[]>()
  const floors = new Map<string, number>()
  const keyOf = (op: Op) => (mode === 'earliest of all' ? '' : op.session)
  return {
    add(op: Op, seq: number): void {
      if (op.kind === 'count' || op.aborted || op.ret === Number.POSITIVE_INFINITY || seq < 0) return
      const key = keyOf(op)
      const own = waiting.get(key)
      if (own) own.push({ ret: op.ret, seq })
      else waiting.set(key, [{ ret: op.ret, seq }])
    },
    of(op: Op): number {
      const key = keyOf(op)
      let floor = floors.get(key) ?? 0
      const left = []
      for (const one of waiting.get(key) ?? []) {
        if (one.ret < op.call) floor = Math.max(floor, one.seq)
        else left.push(one)
      }
      waiting.set(key, left)
      floors.set(key, floor)
      return floor
    },
  }
}
