import { checkingId, savingsId } from '../bank/account-id.js'
import { HOME_PAGE } from '../bank/home-page.js'
import type { Question } from '../bank/mark.js'
import type { ReadYourWrites } from '../checks/read-your-writes.js'
import type { StaleReads } from '../checks/stale-reads.js'
import type { Books } from './books.js'
import { type HotSpot, pickCustomer } from './hot-spot.js'
import type { Observer } from './observer.js'
import type { Prng } from './prng.js'

/** Calls of one client between two looks. */
const EVERY = 4

/** After every few calls a client reads back what it wrote, or compares a hot answer with the primary, by turns. */
export function createLookBack(books: Books, spot: HotSpot, own: ReadYourWrites, stale: StaleReads): Observer {
  let turn = 0
  return {
    async afterCall(answer, token, prng) {
      if (prng.below(EVERY) !== 0) return
      if (turn++ % 2 === 0) await own.probe(answer, token, prng)
      else await stale.sample(pickQuestion(books, spot, prng))
    },
  }
}

function pickQuestion(books: Books, spot: HotSpot, prng: Prng): Question {
  const customerId = pickCustomer(spot, prng)
  switch (prng.below(7)) {
    case 0:
      return { model: 'Customer', id: customerId }
    case 1:
      return { model: 'Transfer', id: checkingId(customerId) }
    case 2:
      return { model: 'AuditLog', id: customerId }
    case 3: {
      const sessions = books.newestSessions
      return { model: 'Session', id: sessions[prng.below(sessions.length)] ?? '' }
    }
    case 4:
      return { model: 'PageCounter', id: HOME_PAGE }
    default:
      return { model: 'Account', id: (prng.below(2) === 0 ? checkingId : savingsId)(customerId) }
  }
}
