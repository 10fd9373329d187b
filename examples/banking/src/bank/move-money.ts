import type { BankClient, BankTransaction } from '../db/bank-client.js'
import { isKnown } from './update-if.js'

/** Somebody changed a row between our read and our write: nothing was written, the whole transaction is run again. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}

/** Rolls the transaction back; a normal outcome, not a failure. */
export class InsufficientFunds extends Error {
  override readonly name = 'InsufficientFunds'
}

const ATTEMPTS = 50

/**
 * An interactive transaction that is run again when another one got in between. Every transaction here writes its
 * accounts in the order of their ids, so that no two of them wait for each other.
 */
export async function moveMoney<T>(client: BankClient, work: (tx: BankTransaction) => Promise<T>): Promise<T | null> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await client.$transaction(work)
    } catch (error) {
      if (error instanceof InsufficientFunds) return null
      const again = error instanceof Conflict || isKnown(error, 'P2034')
      if (!again || attempt === ATTEMPTS) throw error
    }
  }
}
