import type { BankClient } from '../db/bank-client.js'
import { checkingId } from './account-id.js'
import { type Cents, centsToDecimal } from './cents.js'
import { InsufficientFunds, moveMoney } from './move-money.js'
import { accountMark, type BankResult, INSUFFICIENT, transferMark } from './result.js'
import { updateIf } from './update-if.js'

/** SmallBank "SendPayment": from checking to checking, if it is covered. */
export async function sendPayment(client: BankClient, from: number, to: number, cents: Cents): Promise<BankResult> {
  const amount = centsToDecimal(cents)
  const [fromId, toId] = [checkingId(from), checkingId(to)]
  const marks = await moveMoney(client, async (tx) => {
    const debit = () =>
      tx.account.update({
        where: { id: fromId, balance: { gte: amount } },
        data: { balance: { decrement: amount }, version: { increment: 1 } },
      })
    const credit = () =>
      tx.account.update({
        where: { id: toId },
        data: { balance: { increment: amount }, version: { increment: 1 } },
      })
    const rows = []
    for (const step of fromId < toId ? [debit, credit] : [credit, debit]) {
      const row = await updateIf(step())
      if (!row) throw new InsufficientFunds()
      rows.push(row)
    }
    const transfer = await tx.transfer.create({ data: { fromId, toId, kind: 'PAYMENT', amount } })
    return [...rows.map(accountMark), transferMark(transfer)]
  })
  return marks ? { outcome: 'done', delta: 0, marks } : INSUFFICIENT
}
