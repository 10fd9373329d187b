import type { BankClient } from '../db/bank-client.js'
import { amalgamate } from './amalgamate.js'
import { balance } from './balance.js'
import type { Cents } from './cents.js'
import { activity, moveHouse, profile, showRecord, showTransfer, statement } from './customer-service.js'
import { depositChecking } from './deposit-checking.js'
import type { BankResult } from './result.js'
import { sendPayment } from './send-payment.js'
import { transactSavings } from './transact-savings.js'
import { writeCheck } from './write-check.js'

/** One thing a customer asks of the bank: the six transactions of SmallBank, and six of customer service. */
export type Call =
  | { readonly kind: 'balance'; readonly customerId: number }
  | { readonly kind: 'deposit-checking'; readonly customerId: number; readonly amount: Cents }
  | { readonly kind: 'transact-savings'; readonly customerId: number; readonly amount: Cents }
  | { readonly kind: 'amalgamate'; readonly customerId: number; readonly to: number }
  | { readonly kind: 'write-check'; readonly customerId: number; readonly amount: Cents }
  | { readonly kind: 'send-payment'; readonly customerId: number; readonly to: number; readonly amount: Cents }
  | { readonly kind: 'profile'; readonly customerId: number }
  | { readonly kind: 'move-house'; readonly customerId: number; readonly city: string }
  | { readonly kind: 'statement'; readonly customerId: number }
  | { readonly kind: 'activity'; readonly customerId: number }
  | { readonly kind: 'transfer'; readonly customerId: number; readonly id: string }
  | { readonly kind: 'record'; readonly customerId: number; readonly id: string }

export type CallKind = Call['kind']

export function perform(client: BankClient, call: Call): Promise<BankResult> {
  switch (call.kind) {
    case 'balance':
      return balance(client, call.customerId)
    case 'deposit-checking':
      return depositChecking(client, call.customerId, call.amount)
    case 'transact-savings':
      return transactSavings(client, call.customerId, call.amount)
    case 'amalgamate':
      return amalgamate(client, call.customerId, call.to)
    case 'write-check':
      return writeCheck(client, call.customerId, call.amount)
    case 'send-payment':
      return sendPayment(client, call.customerId, call.to, call.amount)
    case 'profile':
      return profile(client, call.customerId)
    case 'move-house':
      return moveHouse(client, call.customerId, call.city)
    case 'statement':
      return statement(client, call.customerId)
    case 'activity':
      return activity(client, call.customerId)
    case 'transfer':
      return showTransfer(client, BigInt(call.id))
    case 'record':
      return showRecord(client, BigInt(call.id))
  }
}
