// A writer in a process of its own, for tests that kill it: it holds still when its statement is committed and nobody
// was told, and says so.

import { PrismaPg } from '@prisma/adapter-pg'
import { prismaCache } from 'prisma-cache'
import { policies } from '../../prisma/generated/cache/index.js'
import { Prisma, PrismaClient } from '../../prisma/generated/prisma/client.js'

const { databaseUrl, redisUrl, namespace, lease, model, where, data, inTransaction } = JSON.parse(
  process.env.WRITER_CHILD,
)
const never = new Promise(() => {})
const committed = async () => {
  process.send('committed')
  await never
}
// Under the cache stands what tells of a single statement's COMMIT; of a transaction's it is the client itself.
const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }) })
const held = inTransaction
  ? plain.$extends({
      client: {
        async $transaction(...args) {
          const result = await plain.$transaction.apply(this, args)
          await committed()
          return result
        },
      },
    })
  : plain
const cached = held.$extends(prismaCache({ policies, redis: redisUrl, namespace, lease }))
const prisma = inTransaction
  ? cached
  : cached.$extends(
      Prisma.defineExtension({
        query: {
          async $allOperations({ args, query }) {
            const result = await query(args)
            await committed()
            return result
          },
        },
      }),
    )
if (inTransaction) await prisma.$transaction((tx) => tx[model].update({ where, data }))
else await prisma[model].update({ where, data })
