import { PAGE } from '../bank/lists.js'
import type { Mark, Question } from '../bank/mark.js'

/** How far along an answer is, in a form that fits in a message and can be put in order. */
export interface Progress {
  /** Version, revision or counter of a row, the newest id of a list; null where there is no row. */
  readonly latest: number | null
  /** Lists only: the ids on the page. */
  readonly ids?: readonly number[]
}

export function progressOf(question: Question, answer: unknown): Progress {
  if (Array.isArray(answer)) {
    const ids = (answer as { id: bigint }[]).map(({ id }) => Number(id))
    return { latest: ids[0] ?? null, ids }
  }
  if (answer === null) return { latest: null }
  const row = answer as { version?: number; revision?: number; hits?: number; visits?: number }
  switch (question.model) {
    case 'Account':
      return { latest: row.version ?? null }
    case 'Customer':
      return { latest: row.revision ?? null }
    case 'Session':
      return { latest: row.hits ?? null }
    case 'PageCounter':
      return { latest: row.visits ?? null }
    default:
      return { latest: null }
  }
}

/** Does an answer show what the mark says, or something that came after it? */
export function shows(progress: Progress, mark: Pick<Mark, 'value'>): boolean {
  if (progress.latest === null) return false
  if (!progress.ids) return progress.latest >= mark.value
  if (progress.ids.includes(mark.value)) return true
  // Pushed off a full page by newer ones.
  return progress.ids.length === PAGE && progress.ids.every((id) => id > mark.value)
}
