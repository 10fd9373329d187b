import type { Op } from '../history/op.js'

/** The history without whatever it goes wrong without, too. A write is kept while one of its reads is. */
export function minimal(history: readonly Op[], goesWrong: (ops: readonly Op[]) => boolean): readonly Op[] {
  let kept = [...history].sort((a, b) => a.call - b.call)
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < kept.length; ) {
      const dropped = new Set(kept.slice(at, at + size))
      const rest = kept.filter((op) => !dropped.has(op))
      if (readsAreWritten(rest) && goesWrong(rest)) kept = rest
      else at += size
    }
  }
  return kept
}

function readsAreWritten(ops: readonly Op[]): boolean {
  const written = new Set(ops.flatMap((op) => (op.kind === 'write' ? [op.value] : [])))
  return ops.every((op) => op.kind !== 'read' || op.value === 0 || written.has(op.value))
}
