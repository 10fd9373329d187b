import type { Prisma, PrismaClient } from '../generated/prisma/client.js'

type BankModels = 'account' | 'auditLog' | 'customer' | 'pageCounter' | 'session' | 'transfer'

/** What the bank needs of a Prisma client. The plain client is one, and so is the one with policies. */
export type BankClient = Pick<PrismaClient, BankModels | '$transaction'>

export type BankTransaction = Pick<Prisma.TransactionClient, BankModels>
