import type { BankClient } from '../db/bank-client.js'

/** Starts a session. Its id is made on this side, so that a write-behind create can be answered before Postgres has it. */
export function logIn(client: BankClient, customerId: number, userAgent?: string) {
  return client.session.create({ data: { customerId, userAgent: userAgent ?? null } })
}
