import type { BankClient } from '../db/bank-client.js'
import { newestRecords, newestTransfers } from './lists.js'

/** A question that the bank asks of one model, in a form that fits in a message. */
export type Question =
  | { readonly model: 'Account'; readonly id: string }
  | { readonly model: 'Customer'; readonly id: number }
  | { readonly model: 'Session'; readonly id: string }
  | { readonly model: 'PageCounter'; readonly id: string }
  /** The newest transfers out of an account. */
  | { readonly model: 'Transfer'; readonly id: string }
  /** The newest audit records of a customer. */
  | { readonly model: 'AuditLog'; readonly id: number }

/** What a write leaves behind: from now on the answer to `question` must show `value` or what came after it. */
export interface Mark {
  readonly question: Question
  /** A version, a revision, a counter, or the id of the new row of a list. */
  readonly value: number
}

/** The bank's own read behind each question; what the routes ask is what the checks ask. */
export function ask(client: BankClient, question: Question) {
  switch (question.model) {
    case 'Account':
      return client.account.findUnique({ where: { id: question.id } })
    case 'Customer':
      return client.customer.findUnique({ where: { id: question.id } })
    case 'Session':
      return client.session.findUnique({ where: { id: question.id } })
    case 'PageCounter':
      return client.pageCounter.findUnique({ where: { id: question.id } })
    case 'Transfer':
      return newestTransfers(client, question.id)
    case 'AuditLog':
      return newestRecords(client, question.id)
  }
}

export const questionKey = ({ model, id }: Question): string => `${model}:${id}`
