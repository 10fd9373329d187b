import type { BankClient } from '../db/bank-client.js'

/** Rows on one page of a list. */
export const PAGE = 10

/** The newest transfers out of an account, newest first. */
export const newestTransfers = (client: BankClient, fromId: string) =>
  client.transfer.findMany({ where: { fromId }, orderBy: { id: 'desc' }, take: PAGE })

/** The newest audit records of a customer, newest first. */
export const newestRecords = (client: BankClient, customerId: number) =>
  client.auditLog.findMany({ where: { customerId }, orderBy: { id: 'desc' }, take: PAGE })
