import type { Recorded } from '../model/history.js'
import type { Row } from '../model/operations.js'
import { perform, type Rows, rowText, sameRow } from '../model/perform.js'

export interface Search {
  /** Whether some order of the writes explains every answer and ends in `final`. */
  readonly explained: boolean
  /** Ends that the answers allow, a few at most: none when no order explains them. */
  readonly ends: readonly Rows[]
  /** The most writes with an answer that one order could explain. */
  readonly reached: number
}

const MOST_ENDS = 20
/** States that are looked at before a family is given up as too large to decide. */
const MOST_STATES = 200_000

export const START: Rows = [null, null]

/**
 * Looks for an order of one family's writes. A write stands between its call and its answer; one whose fate is unknown
 * may stand anywhere after its call, or nowhere, but as a whole.
 *
 * @param answers `any`: an acknowledged write must stand, whatever row it was answered with
 * @throws when there are too many orders to look at
 */
export function findOrder(history: readonly Recorded[], final?: Rows, answers: 'exact' | 'any' = 'exact'): Search {
  const writes = history.filter(({ outcome }) => outcome.kind !== 'refused')
  const ends = new Map<string, Rows>()
  const seen = new Set<string>()
  const done = writes.map(() => false)
  let explained = false
  let reached = 0

  function visit(rows: Rows, told: number): void {
    if (explained) return
    const id = `${done.map(Number).join('')} ${textOf(rows)}`
    if (seen.has(id)) return
    if (seen.size >= MOST_STATES) throw new Error(`more than ${MOST_STATES} orders of ${writes.length} writes`)
    seen.add(id)
    reached = Math.max(reached, told)
    const left = writes.filter((write, i) => !done[i] && write.outcome.kind !== 'unknown')
    if (left.length === 0) {
      if (ends.size < MOST_ENDS) ends.set(textOf(rows), rows)
      if (final && textOf(rows) === textOf(final)) explained = true
    }
    const horizon = Math.min(...left.map(({ returned }) => returned))
    for (const [i, write] of writes.entries()) {
      if (done[i] || write.invoked > horizon) continue
      const next = after(rows, write, answers)
      if (!next) continue
      done[i] = true
      visit(next, told + (write.outcome.kind === 'unknown' ? 0 : 1))
      done[i] = false
    }
  }

  visit(START, 0)
  return { explained: final ? explained : ends.size > 0, ends: [...ends.values()], reached }
}

/** The rows after the write, if it can stand here. */
function after(rows: Rows, { operation, outcome }: Recorded, answers: 'exact' | 'any'): Rows | undefined {
  const effect = perform(rows, operation)
  switch (outcome.kind) {
    case 'acknowledged':
      if (effect.failure !== undefined) return undefined
      return answers === 'any' || isAnswer(effect.answer, outcome.answer) ? effect.rows : undefined
    case 'failed':
      return effect.failure === outcome.code ? rows : undefined
    default:
      // Where it would change nothing it need not stand at all.
      return effect.failure === undefined ? effect.rows : undefined
  }
}

function isAnswer(row: Row, answer: Row | undefined): boolean {
  return answer === undefined || sameRow(row, answer)
}

export function textOf(rows: Rows): string {
  return `${rowText(rows[0])} | ${rowText(rows[1])}`
}
