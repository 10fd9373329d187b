import type { BankClient } from '../db/bank-client.js'
import { checkingId, savingsId } from './account-id.js'
import { Conflict, InsufficientFunds, moveMoney } from './move-money.js'
import { accountMark, type BankResult, INSUFFICIENT, transferMark } from './result.js'
import { updateIf } from './update-if.js'

/** SmallBank "Amalgamate": everything of one customer goes to the checking account of another. */
export async function amalgamate(client: BankClient, fromCustomer: number, toCustomer: number): Promise<BankResult> {
  const sources = [checkingId(fromCustomer), savingsId(fromCustomer)]
  const target = checkingId(toCustomer)
  const moved = await moveMoney(client, async (tx) => {
    const found = await tx.account.findMany({ where: { id: { in: sources } }, orderBy: { id: 'asc' } })
    const [checking, savings] = found
    if (!checking || !savings) throw new RangeError(`no accounts of customer ${fromCustomer}`)
    const total = checking.balance.plus(savings.balance)
    // A check that was not covered leaves a debt, and a debt is not handed on.
    if (total.lte(0)) throw new InsufficientFunds()

    const rows = []
    for (const id of [...sources, target].sort()) {
      const source = found.find((row) => row.id === id)
      const row = await updateIf(
        tx.account.update({
          // Emptied only as it was when it was read: the version tells.
          where: source ? { id, version: source.version } : { id },
          data: { balance: source ? 0 : { increment: total }, version: { increment: 1 } },
        }),
      )
      if (!row) throw new Conflict()
      rows.push(row)
    }
    const transfer = await tx.transfer.create({
      data: { fromId: checking.id, toId: target, kind: 'AMALGAMATE', amount: total },
    })
    return [...rows.map(accountMark), transferMark(transfer)]
  })
  return moved ? { outcome: 'done', delta: 0, marks: moved } : INSUFFICIENT
}
