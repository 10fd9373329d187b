import type { BankClient } from '../db/bank-client.js'
import { checkingId } from './account-id.js'
import { HOME_PAGE } from './home-page.js'
import { newestRecords, newestTransfers } from './lists.js'
import type { BankResult } from './result.js'

/** The master data of a customer, and how often the bank was visited. */
export async function profile(client: BankClient, customerId: number): Promise<BankResult> {
  const [customer, page] = await Promise.all([
    client.customer.findUniqueOrThrow({ where: { id: customerId } }),
    client.pageCounter.findUnique({ where: { id: HOME_PAGE } }),
  ])
  return { outcome: 'done', delta: 0, marks: [], answer: { customer, visits: page?.visits ?? 0 } }
}

/** A customer moves house. */
export async function moveHouse(client: BankClient, customerId: number, city: string): Promise<BankResult> {
  const { revision } = await client.customer.update({
    where: { id: customerId },
    data: { city, revision: { increment: 1 } },
  })
  return { outcome: 'done', delta: 0, marks: [{ question: { model: 'Customer', id: customerId }, value: revision }] }
}

/** The newest transfers out of the checking account. */
export async function statement(client: BankClient, customerId: number): Promise<BankResult> {
  const transfers = await newestTransfers(client, checkingId(customerId))
  return { outcome: 'done', delta: 0, marks: [], answer: { transfers } }
}

/** What the bank has on record about a customer's last calls. */
export async function activity(client: BankClient, customerId: number): Promise<BankResult> {
  const records = await newestRecords(client, customerId)
  return { outcome: 'done', delta: 0, marks: [], answer: { records } }
}

/** One transfer, as a clerk looks it up for somebody who asks. */
export async function showTransfer(client: BankClient, id: bigint): Promise<BankResult> {
  const transfer = await client.transfer.findUnique({ where: { id } })
  return { outcome: 'done', delta: 0, marks: [], answer: { transfer } }
}

/** One audit record, likewise. */
export async function showRecord(client: BankClient, id: bigint): Promise<BankResult> {
  const record = await client.auditLog.findUnique({ where: { id } })
  return { outcome: 'done', delta: 0, marks: [], answer: { record } }
}
