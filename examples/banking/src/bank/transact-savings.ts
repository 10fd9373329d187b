import type { BankClient } from '../db/bank-client.js'
import { savingsId } from './account-id.js'
import { type Cents, centsToDecimal } from './cents.js'
import { accountMark, type BankResult, INSUFFICIENT } from './result.js'
import { updateIf } from './update-if.js'

/** SmallBank "TransactSavings": money comes in, or goes out as far as the savings reach. */
export async function transactSavings(client: BankClient, customerId: number, amount: Cents): Promise<BankResult> {
  const savings = await updateIf(
    client.account.update({
      // The condition is part of the statement: no read beforehand could still be true when the row is written.
      where: { id: savingsId(customerId), ...(amount < 0 && { balance: { gte: centsToDecimal(-amount) } }) },
      data: { balance: { increment: centsToDecimal(amount) }, version: { increment: 1 } },
    }),
  )
  return savings ? { outcome: 'done', delta: amount, marks: [accountMark(savings)] } : INSUFFICIENT
}
