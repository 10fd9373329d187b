import type { BankClient } from '../db/bank-client.js'
import { checkingId } from './account-id.js'
import { type Cents, centsToDecimal } from './cents.js'
import { accountMark, type BankResult } from './result.js'

/** SmallBank "DepositChecking": money comes in from outside. */
export async function depositChecking(client: BankClient, customerId: number, amount: Cents): Promise<BankResult> {
  if (amount < 0) throw new RangeError('a deposit is not negative')
  const checking = await client.account.update({
    where: { id: checkingId(customerId) },
    data: { balance: { increment: centsToDecimal(amount) }, version: { increment: 1 } },
  })
  return { outcome: 'done', delta: amount, marks: [accountMark(checking)] }
}
