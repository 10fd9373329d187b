import type { Books } from '../workload/books.js'
import type { Check } from './check.js'

/** A call without an answer may or may not have moved money, and no other check would be exact. */
export function checkEveryAnswer({
  answered,
  refused,
  unanswered,
  firstFailure,
}: Pick<Books, 'answered' | 'refused' | 'unanswered' | 'firstFailure'>): Check {
  return {
    name: 'Every call answered',
    ok: unanswered === 0 && answered > 0,
    numbers:
      `${answered} answered, ${refused} of them for lack of funds; ${unanswered} failed` +
      (firstFailure ? `; first: ${firstFailure}` : ''),
  }
}
