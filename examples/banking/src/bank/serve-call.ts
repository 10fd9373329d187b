import type { BankClient } from '../db/bank-client.js'
import { type Call, perform } from './call.js'
import { centsToDecimal } from './cents.js'
import { HOME_PAGE } from './home-page.js'
import type { Mark } from './mark.js'
import type { BankResult } from './result.js'

/** The caller is not who the session says, or the session is unknown. */
export class NotYourSession extends Error {
  override readonly name = 'NotYourSession'
}

export class NoSuchCustomer extends Error {
  override readonly name = 'NoSuchCustomer'
}

export interface CallContext {
  readonly sessionId: string
  /** Chosen by the caller; the audit log holds each once. */
  readonly callId: string
}

/**
 * One call from end to end: who calls is told by the session; the session is touched, the visit counted and the customer
 * looked up; then the call itself; then one audit record of it.
 */
export async function serveCall(client: BankClient, call: Call, context: CallContext): Promise<BankResult> {
  const known = await client.session.findUnique({ where: { id: context.sessionId } })
  if (known?.customerId !== call.customerId) throw new NotYourSession(`not a session of customer ${call.customerId}`)
  const [session, page, customer] = await Promise.all([
    touchSession(client, known.id),
    countVisit(client),
    client.customer.findUnique({ where: { id: call.customerId } }),
  ])
  if (!customer) throw new NoSuchCustomer(`no customer ${call.customerId}`)

  const result = await perform(client, call)

  const audit = await client.auditLog.create({
    data: {
      callId: context.callId,
      sessionId: context.sessionId,
      customerId: call.customerId,
      action: call.kind,
      outcome: result.outcome,
      detail: { delta: centsToDecimal(result.delta) },
    },
  })
  const marks: Mark[] = [
    ...result.marks,
    { question: { model: 'Session', id: session.id }, value: session.hits },
    { question: { model: 'PageCounter', id: page.id }, value: page.visits },
    { question: { model: 'AuditLog', id: call.customerId }, value: Number(audit.id) },
  ]
  return { ...result, marks }
}

const touchSession = (client: BankClient, id: string) =>
  client.session.update({ where: { id }, data: { lastSeenAt: new Date(), hits: { increment: 1 } } })

const countVisit = (client: BankClient) =>
  client.pageCounter.update({ where: { id: HOME_PAGE }, data: { visits: { increment: 1 } } })
