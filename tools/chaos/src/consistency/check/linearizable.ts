import type { Op } from '../history/op.js'

interface Entry {
  readonly index: number
  readonly op: Op
  /** Of a call: its return. Of a return: undefined. */
  match: Entry | undefined
  prev: Entry | undefined
  next: Entry | undefined
}

/**
 * Is there an order of the operations of one register, each at one instant between its call and its return, in which
 * every read gives what was written last? The algorithm of Wing and Gong, with the memo of Lowe: a set of operations
 * that was once taken in some order and led to the same value is not tried again.
 *
 * A write without a known outcome may be taken at any time after its call, or not at all. Exponential in the number of
 * operations that overlap; `zones.ts` says the same in n log n where every write is unique.
 */
export function isLinearizable(history: readonly Op[], initial = 0): boolean {
  const ops = history.filter((op) => !op.aborted && (op.kind === 'write' || op.ret !== Number.POSITIVE_INFINITY))
  const head = listOf(ops)
  let left = ops.filter((op) => op.ret !== Number.POSITIVE_INFINITY).length
  const taken = new Uint32Array(Math.ceil(ops.length / 32) || 1)
  const tried = new Set<string>()
  const trail: { readonly entry: Entry; readonly before: number }[] = []
  let value = initial
  let entry = head.next
  while (left > 0) {
    if (entry?.match) {
      const { op, index } = entry
      const fits = op.kind === 'write' || op.value === value
      const after = op.kind === 'write' ? op.value : value
      if (fits && remember(tried, taken, index, after)) {
        trail.push({ entry, before: value })
        value = after
        taken[index >>> 5]! |= 1 << (index & 31)
        lift(entry)
        if (op.ret !== Number.POSITIVE_INFINITY) left--
        entry = head.next
      } else {
        entry = entry.next
      }
      continue
    }
    // A return, or the end: what has returned must have been taken. Back to the last choice.
    const last = trail.pop()
    if (!last) return false
    value = last.before
    taken[last.entry.index >>> 5]! &= ~(1 << (last.entry.index & 31))
    unlift(last.entry)
    if (last.entry.op.ret !== Number.POSITIVE_INFINITY) left++
    entry = last.entry.next
  }
  return true
}

/** Calls and returns by their time. At one time the returns come last, so that what touches overlaps. */
function listOf(ops: readonly Op[]): Entry {
  const events: { readonly time: number; readonly entry: Entry }[] = []
  for (const [index, op] of ops.entries()) {
    const ret: Entry = { index, op, match: undefined, prev: undefined, next: undefined }
    events.push({ time: op.call, entry: { index, op, match: ret, prev: undefined, next: undefined } })
    events.push({ time: op.ret, entry: ret })
  }
  events.sort((a, b) => a.time - b.time || Number(b.entry.match !== undefined) - Number(a.entry.match !== undefined))
  const head: Entry = { index: -1, op: undefined as never, match: undefined, prev: undefined, next: undefined }
  let last = head
  for (const { entry } of events) {
    last.next = entry
    entry.prev = last
    last = entry
  }
  return head
}

function lift(call: Entry): void {
  for (const entry of [call, call.match!]) {
    entry.prev!.next = entry.next
    if (entry.next) entry.next.prev = entry.prev
  }
}

/** In the reverse of the order in which they were lifted. */
function unlift(call: Entry): void {
  for (const entry of [call.match!, call]) {
    entry.prev!.next = entry
    if (entry.next) entry.next.prev = entry
  }
}

/** @returns whether this set and value are new */
function remember(tried: Set<string>, taken: Uint32Array, index: number, value: number): boolean {
  const bits = taken.slice()
  bits[index >>> 5]! |= 1 << (index & 31)
  const name = `${bits.join(',')}=${value}`
  if (tried.has(name)) return false
  tried.add(name)
  return true
}
