import type { Op } from '../../src/consistency/history/op.js'
import type { Random } from '../../src/random.js'

let made = 0

/** An operation by what matters: `write('a', 1, [10, 20])` is called at 10 and returns at 20. */
function op(
  kind: Op['kind'],
  session: string,
  value: number,
  [call, ret]: readonly [number, number],
  more: object,
): Op {
  made++
  return {
    key: 'Model/1/0/0',
    kind,
    value,
    seq: -1,
    call,
    ret,
    session,
    order: made,
    process: session,
    via: kind,
    ...more,
  }
}

export const write = (session: string, value: number, times: readonly [number, number], more: object = {}) =>
  op('write', session, value, times, more)
export const read = (session: string, value: number, times: readonly [number, number], more: object = {}) =>
  op('read', session, value, times, more)
export const count = (session: string, value: number, times: readonly [number, number]) =>
  op('count', session, value, times, {})

/**
 * A few clients on one register that takes each operation at one instant, or, where `spoil` says so, answers a read with
 * an earlier value.
 */
export function simulate(random: Random, { operations = 12, clients = 3, spoil = 0 } = {}): Op[] {
  const free = Array.from({ length: clients }, () => 0)
  const moments: { readonly at: number; readonly make: (value: number, earlier: number) => [Op, number] }[] = []
  for (let i = 1; i <= operations; i++) {
    const client = random.below(clients)
    const call = free[client]! + 1 + random.below(8)
    const at = call + 1 + random.below(12)
    const unknown = random.chance(0.15)
    const ret = unknown ? Number.POSITIVE_INFINITY : at + 1 + random.below(12)
    free[client] = unknown ? at + 1 + random.below(12) : ret
    const session = `c${client}`
    const writes = random.chance(0.5)
    const never = writes && unknown && random.chance(0.4)
    const spoils = random.chance(spoil)
    moments.push({
      at: never ? Number.POSITIVE_INFINITY : at,
      make(value, earlier) {
        if (writes) return [write(session, i, [call, ret]), i]
        return [read(session, spoils ? earlier : value, [call, unknown ? at + 1 : ret]), value]
      },
    })
  }
  const ops: Op[] = []
  const past = [0]
  for (const moment of moments.sort((a, b) => a.at - b.at)) {
    const [made, value] = moment.make(past.at(-1)!, random.pick(past))
    ops.push(made)
    if (moment.at !== Number.POSITIVE_INFINITY && value !== past.at(-1)) past.push(value)
  }
  return ops
}
