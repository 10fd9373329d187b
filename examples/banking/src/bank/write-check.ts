import type { BankClient } from '../db/bank-client.js'
import { checkingId, savingsId } from './account-id.js'
import { type Cents, centsToDecimal } from './cents.js'
import { Conflict, moveMoney } from './move-money.js'
import { accountMark, type BankResult, INSUFFICIENT } from './result.js'
import { updateIf } from './update-if.js'

const PENALTY: Cents = 100

/**
 * SmallBank "WriteCheck": a check is paid from checking; a customer whose two accounts together do not cover it pays a
 * penalty of 1 on top, and the account goes below zero.
 *
 * The decision rests on both rows. The identity update of the savings row ("promotion" in the paper) makes it one that
 * cannot change underneath: without it a withdrawal of savings at the same moment goes unnoticed (write skew).
 */
export async function writeCheck(client: BankClient, customerId: number, amount: Cents): Promise<BankResult> {
  const ids = [checkingId(customerId), savingsId(customerId)]
  const written = await moveMoney(client, async (tx) => {
    const [checking, savings] = await tx.account.findMany({ where: { id: { in: ids } }, orderBy: { id: 'asc' } })
    if (!checking || !savings) throw new RangeError(`no accounts of customer ${customerId}`)
    const covered = checking.balance.plus(savings.balance).gte(centsToDecimal(amount))
    const paid = covered ? amount : amount + PENALTY

    const debited = await updateIf(
      tx.account.update({
        where: { id: checking.id, version: checking.version },
        data: { balance: { decrement: centsToDecimal(paid) }, version: { increment: 1 } },
      }),
    )
    if (!debited) throw new Conflict()
    const promoted = await updateIf(
      tx.account.update({
        where: { id: savings.id, version: savings.version },
        data: { version: { increment: 1 } },
      }),
    )
    if (!promoted) throw new Conflict()
    return { paid, marks: [accountMark(debited), accountMark(promoted)] }
  })
  return written ? { outcome: 'done', delta: -written.paid, marks: written.marks } : INSUFFICIENT
}
