import type { Question } from '../bank/mark.js'
import type { BankClient } from '../db/bank-client.js'
import type { Database } from '../db/database.js'
import { type ComparedReading, compareWithPrimary, type Reading, readQuestion } from './read-question.js'

/** Reads on request: the API and the second process answer the same two. */
export function proberMethods(database: Database, primary: BankClient) {
  return {
    read: (question: Question, token?: string): Promise<Reading> => readQuestion(database, question, token),
    compare: (question: Question): Promise<ComparedReading> => compareWithPrimary(database, primary, question),
  }
}

export type ProberReads = ReturnType<typeof proberMethods>
