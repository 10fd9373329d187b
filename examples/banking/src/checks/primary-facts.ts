import { type Cents, decimalToCents } from '../bank/cents.js'
import { HOME_PAGE } from '../bank/home-page.js'
import type { PlainClient } from '../db/plain-client.js'

/** What the checks need of Postgres, read by the plain client. */
export interface PrimaryFacts {
  readonly money: Cents
  readonly visits: number
  readonly hitsBySession: ReadonlyMap<string, number>
  readonly recordsByCall: ReadonlyMap<string, number>
}

export async function readPrimaryFacts(primary: PlainClient): Promise<PrimaryFacts> {
  const [money, page, sessions, records] = await Promise.all([
    readMoney(primary),
    primary.pageCounter.findUniqueOrThrow({ where: { id: HOME_PAGE } }),
    primary.session.findMany({ select: { id: true, hits: true } }),
    primary.auditLog.groupBy({ by: ['callId'], _count: true }),
  ])
  return {
    money,
    visits: page.visits,
    hitsBySession: new Map(sessions.map(({ id, hits }) => [id, hits])),
    recordsByCall: new Map(records.map(({ callId, _count }) => [callId, _count])),
  }
}

export async function readMoney(primary: PlainClient): Promise<Cents> {
  const { _sum } = await primary.account.aggregate({ _sum: { balance: true } })
  return decimalToCents((_sum.balance ?? 0).toFixed(2))
}
