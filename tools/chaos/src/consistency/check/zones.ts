import type { Op } from '../history/op.js'

/** A write with its reads. */
interface Cluster {
  readonly ops: Op[]
  write: Op | undefined
  /** First return and last call of them. The value stands from no later than the one until no earlier than the other. */
  firstReturn: number
  lastCall: number
}

/**
 * The same question as `linearizable.ts`, of one register, by Gibbons and Korach: where no two writes write the same, an
 * order exists if and only if no two values must have stood at one time. n log n, so that millions can be asked.
 *
 * @returns undefined: there is an order. Else operations that have none among themselves.
 */
export function withoutOrder(history: readonly Op[], initial = 0): readonly Op[] | undefined {
  const clusters = clustersOf(history, initial)
  for (const cluster of clusters) {
    const early = cluster.ops.find((op) => op.kind === 'read' && cluster.write && op.ret < cluster.write.call)
    if (early) return [early, cluster.write!]
    if (!cluster.write && cluster.ops[0]!.value !== initial) return cluster.ops.slice(0, 1)
  }
  const forward = clusters.filter((c) => c.firstReturn < c.lastCall).sort((a, b) => a.firstReturn - b.firstReturn)
  for (let i = 1; i < forward.length; i++) {
    const [one, other] = [forward[i - 1]!, forward[i]!]
    if (one.lastCall > other.firstReturn) return [...bounds(one), ...bounds(other)]
  }
  for (const inner of clusters) {
    if (inner.firstReturn < inner.lastCall) continue
    // Forward zones do not overlap, so only the last one that begins before this one can contain it.
    const outer = lastBefore(forward, inner.lastCall)
    if (outer && inner.firstReturn < outer.lastCall) return [...bounds(inner), ...bounds(outer)]
  }
  return undefined
}

function clustersOf(history: readonly Op[], initial: number): Cluster[] {
  const byValue = new Map<number, Cluster>()
  for (const op of history) {
    if (op.aborted || (op.kind !== 'write' && op.ret === Number.POSITIVE_INFINITY)) continue
    let cluster = byValue.get(op.value)
    if (!cluster) {
      // The first value was written before everything.
      const firstReturn = op.value === initial ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
      cluster = { ops: [], write: undefined, firstReturn, lastCall: Number.NEGATIVE_INFINITY }
      byValue.set(op.value, cluster)
    }
    cluster.ops.push(op)
    if (op.kind === 'write') cluster.write = op
    cluster.firstReturn = Math.min(cluster.firstReturn, op.ret)
    cluster.lastCall = Math.max(cluster.lastCall, op.call)
  }
  // A write of which nothing is known and that nobody has read never took effect.
  return [...byValue.values()].filter((c) => c.firstReturn !== Number.POSITIVE_INFINITY)
}

function bounds(cluster: Cluster): Op[] {
  const first = cluster.ops.find((op) => op.ret === cluster.firstReturn)
  const last = cluster.ops.find((op) => op.call === cluster.lastCall)
  return [...new Set([cluster.write, first, last])].filter((op) => op !== undefined)
}

function lastBefore(forward: readonly Cluster[], time: number): Cluster | undefined {
  let [low, high] = [0, forward.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (forward[middle]!.firstReturn < time) low = middle + 1
    else high = middle
  }
  return forward[low - 1]
}
