import type { CallAnswer } from '../api/wire.js'
import type { Cents } from '../bank/cents.js'
import { type Mark, type Question, questionKey } from '../bank/mark.js'

const NEWEST = 20
/** Of so many new transfers and records, one becomes a case that clerks are asked about. */
const ASKED_ABOUT = { transfers: 10, records: 100 } as const

/**
 * What the bank's clients were told, and nothing else: the checks hold it against Postgres. An entry is made when an
 * answer has arrived, so whatever stands here was acknowledged.
 */
export class Books {
  /** Calls answered. */
  answered = 0
  /** Calls that ended in an error: nobody knows what became of them. */
  unanswered = 0
  firstFailure: string | undefined
  /** Answered, and nothing moved for lack of funds. */
  refused = 0
  delta: Cents = 0
  readonly callIds: string[] = []
  /** Acknowledged touches of each session; 0 right after the login. */
  readonly touches = new Map<string, number>()
  private readonly marks = new Map<string, Mark>()

  /** Sessions that are likely to be in use. */
  readonly newestSessions: string[] = []
  /** Ids that clerks look up. */
  readonly cases = { transfers: [] as number[], records: [] as number[] }

  failed(error: unknown): void {
    this.unanswered++
    this.firstFailure ??= error instanceof Error ? error.message : String(error)
  }

  loggedIn(sessionId: string): void {
    this.touches.set(sessionId, 0)
    keepNewest(this.newestSessions, sessionId)
  }

  answeredCall(sessionId: string, callId: string, answer: CallAnswer): void {
    this.answered++
    if (answer.outcome === 'insufficient funds') this.refused++
    this.delta += answer.delta
    this.callIds.push(callId)
    this.touches.set(sessionId, (this.touches.get(sessionId) ?? 0) + 1)
    for (const mark of answer.marks) {
      this.openCase(mark)
      const key = questionKey(mark.question)
      const known = this.marks.get(key)
      if (!known || known.value < mark.value) this.marks.set(key, mark)
    }
  }

  private openCase({ question, value }: Mark): void {
    if (question.model === 'Transfer' && value % ASKED_ABOUT.transfers === 0) keepNewest(this.cases.transfers, value)
    if (question.model === 'AuditLog' && value % ASKED_ABOUT.records === 0) keepNewest(this.cases.records, value)
  }

  /** The furthest that an answer to this question was acknowledged to be; undefined where nothing was written yet. */
  markOf(question: Question): Mark | undefined {
    return this.marks.get(questionKey(question))
  }
}

function keepNewest<T>(list: T[], value: T): void {
  list.push(value)
  if (list.length > NEWEST) list.shift()
}
