import { ask, type Mark, type Question } from '../bank/mark.js'
import { PAGE } from '../bank/lists.js'
import type { BankClient } from '../db/bank-client.js'
import type { Database } from '../db/database.js'
import { same } from './same.js'

/** How far along an answer is, in a form that fits in a message and can be put in order. */
export interface Progress {
  /** Version, revision or counter of a row, the newest id of a list; null where there is no row. */
  readonly latest: number | null
  /** Lists only: the ids on the page. */
  readonly ids?: readonly number[]
}

export interface Reading {
  readonly question: Question
  readonly progress: Progress
  /** Answered by the cache, as far as the cache says so. */
  readonly hit: boolean
}

/** A read with the primary asked before and after it: what was true in between lies between those two. */
export interface ComparedReading extends Reading {
  readonly before: Progress
  readonly after: Progress
  readonly equalsBefore: boolean
  readonly equalsAfter: boolean
}

export async function readQuestion(database: Database, question: Question, token?: string): Promise<Reading> {
  const { answer, hit } = await readAnswer(database, question, token)
  return { question, progress: progressOf(question, answer), hit }
}

export async function compareWithPrimary(
  database: Database,
  primary: BankClient,
  question: Question,
): Promise<ComparedReading> {
  const before = await ask(primary, question)
  const { answer, hit } = await readAnswer(database, question)
  const after = await ask(primary, question)
  return {
    question,
    progress: progressOf(question, answer),
    hit,
    before: progressOf(question, before),
    after: progressOf(question, after),
    equalsBefore: same(answer, before),
    equalsAfter: same(answer, after),
  }
}

async function readAnswer(database: Database, question: Question, token?: string) {
  // `ask` gives a lazy Prisma promise: it is started inside the causal session, not before it.
  const read = async () => (await database.causally(token, async () => ask(database.client, question))).result
  if (!database.cache) return { answer: await read(), hit: false }
  const { result, hits } = await database.cache.countHits(read)
  return { answer: result, hit: hits > 0 }
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
