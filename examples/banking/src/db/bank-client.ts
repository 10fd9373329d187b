import type { PrismaClient } from '../generated/prisma/client.js'

/** The models of the bank, outside of a transaction or inside one. */
export type BankTransaction = Pick<
  PrismaClient,
  'account' | 'auditLog' | 'customer' | 'pageCounter' | 'session' | 'transfer'
>

/** What the bank needs of a Prisma client. The plain client is one, and so is the one with policies. */
export interface BankClient extends BankTransaction {
  $transaction<R>(work: (tx: BankTransaction) => Promise<R>): Promise<R>
}
