import { ask, type Question } from '../bank/mark.js'
import type { BankClient } from '../db/bank-client.js'
import type { Database, Source } from '../db/database.js'
import { type Progress, progressOf } from './progress.js'
import { same } from './same.js'

export interface Reading {
  readonly question: Question
  readonly progress: Progress
  /** Who answered, as far as the cache says so. */
  readonly source: Source
}

/** A read with the primary asked before and after it: what was true in between lies between those two. */
export interface ComparedReading extends Reading {
  readonly before: Progress
  readonly after: Progress
  readonly equalsBefore: boolean
  readonly equalsAfter: boolean
}

export async function readQuestion(database: Database, question: Question, token?: string): Promise<Reading> {
  const { answer, source } = await readAnswer(database, question, token)
  return { question, progress: progressOf(question, answer), source }
}

export async function compareWithPrimary(
  database: Database,
  primary: BankClient,
  question: Question,
): Promise<ComparedReading> {
  const before = await ask(primary, question)
  const { answer, source } = await readAnswer(database, question)
  const after = await ask(primary, question)
  return {
    question,
    progress: progressOf(question, answer),
    source,
    before: progressOf(question, before),
    after: progressOf(question, after),
    equalsBefore: same(answer, before),
    equalsAfter: same(answer, after),
  }
}

async function readAnswer(database: Database, question: Question, token?: string) {
  // `ask` gives a lazy Prisma promise: it is started inside the causal session, not before it.
  const read = async () => (await database.causally(token, async () => ask(database.client, question))).result
  if (!database.cache) return { answer: await read(), source: 'primary' as const }
  const { result, source } = await database.cache.observe(read)
  return { answer: result, source }
}
