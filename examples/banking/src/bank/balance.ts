import type { BankClient } from '../db/bank-client.js'
import { checkingId, savingsId } from './account-id.js'
import type { BankResult } from './result.js'

/**
 * SmallBank "Balance": what a customer has in both accounts. Two reads by primary key; each of them is linearizable,
 * their sum is of two moments when a transfer between the two runs at the same time.
 */
export async function balance(client: BankClient, customerId: number): Promise<BankResult> {
  const [checking, savings] = await Promise.all([
    client.account.findUniqueOrThrow({ where: { id: checkingId(customerId) } }),
    client.account.findUniqueOrThrow({ where: { id: savingsId(customerId) } }),
  ])
  return {
    outcome: 'done',
    delta: 0,
    marks: [],
    answer: { balance: checking.balance.plus(savings.balance).toFixed(2) },
  }
}
