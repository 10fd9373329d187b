import { SingleBar } from 'cli-progress'
import { checkingId, savingsId } from '../bank/account-id.js'
import { centsToDecimal } from '../bank/cents.js'
import { HOME_PAGE } from '../bank/home-page.js'
import { createPlainClient } from '../db/plain-client.js'
import { createPrng } from '../workload/prng.js'

const BATCH = 1_000

/** Customers 1 to n with two accounts each, balances from 100 to 10,000, and the page that everybody visits. */
export async function seed(databaseUrl: string, customers: number, seedNumber: number): Promise<void> {
  const client = createPlainClient({ databaseUrl, connections: 2 })
  const prng = createPrng(seedNumber)
  const amount = () => centsToDecimal(10_000 + prng.below(990_001))
  const bar = new SingleBar({ format: 'Seeding   {bar} {value}/{total} customers', hideCursor: true })
  bar.start(customers, 0)
  try {
    await client.pageCounter.create({ data: { id: HOME_PAGE } })
    for (let first = 1; first <= customers; first += BATCH) {
      const ids = Array.from({ length: Math.min(BATCH, customers - first + 1) }, (_, index) => first + index)
      await client.customer.createMany({
        data: ids.map((id) => ({
          id,
          name: `Customer ${id}`,
          email: `customer-${id}@bank.example`,
          city: 'Utrecht',
        })),
      })
      await client.account.createMany({
        data: ids.flatMap((id) => [
          { id: checkingId(id), customerId: id, kind: 'CHECKING' as const, balance: amount() },
          { id: savingsId(id), customerId: id, kind: 'SAVINGS' as const, balance: amount() },
        ]),
      })
      bar.increment(ids.length)
    }
  } finally {
    bar.stop()
    await client.$disconnect()
  }
}
