import type { Call } from '../bank/call.js'
import { decimalToCents } from '../bank/cents.js'

/** The request makes no sense; answered with 400 and the message. */
export class BadCall extends Error {
  override readonly name = 'BadCall'
}

interface Body {
  readonly amount?: unknown
  readonly to?: unknown
  readonly city?: unknown
  readonly id?: unknown
}

/** A call from the last part of its path and its body. */
export function parseCall(kind: string, customer: string, body: Body): Call {
  const customerId = customerNumber(customer)
  switch (kind) {
    case 'balance':
    case 'profile':
    case 'statement':
    case 'activity':
      return { kind, customerId }
    case 'deposit-checking':
    case 'write-check':
      return { kind, customerId, amount: amountOf(body.amount, 0) }
    case 'transact-savings':
      return { kind, customerId, amount: amountOf(body.amount, Number.NEGATIVE_INFINITY) }
    case 'amalgamate':
      return { kind, customerId, to: otherCustomer(body.to, customerId) }
    case 'send-payment':
      return { kind, customerId, to: otherCustomer(body.to, customerId), amount: amountOf(body.amount, 0) }
    case 'move-house':
      if (typeof body.city !== 'string' || body.city === '') throw new BadCall('"city" is missing')
      return { kind, customerId, city: body.city }
    case 'transfer':
    case 'record':
      if (typeof body.id !== 'string' || !/^\d{1,18}$/.test(body.id)) throw new BadCall('"id" is a number in a string')
      return { kind, customerId, id: body.id }
    default:
      throw new BadCall(`no such call: "${kind}"`)
  }
}

function customerNumber(text: unknown): number {
  const value = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : text
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1) throw new BadCall('not a customer number')
  return value
}

function otherCustomer(to: unknown, customerId: number): number {
  const other = customerNumber(to)
  if (other === customerId) throw new BadCall('"to" is the same customer')
  return other
}

function amountOf(amount: unknown, min: number): number {
  if (typeof amount !== 'string') throw new BadCall('"amount" is a decimal in a string, for example "12.50"')
  try {
    const cents = decimalToCents(amount)
    if (cents < min) throw new BadCall('"amount" is negative')
    return cents
  } catch (error) {
    if (error instanceof RangeError) throw new BadCall(error.message)
    throw error
  }
}
