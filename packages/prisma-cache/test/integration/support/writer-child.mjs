// A writer in a process of its own, for tests that kill it between COMMIT and publish. It runs the built package, over
// the generated client as the test has compiled it.

import { PrismaPg } from '@prisma/adapter-pg'
import { prismaCache } from 'prisma-cache'

const { compiled, databaseUrl, redisUrl, namespace, lease, id, balance } = JSON.parse(process.env.WRITER_CHILD)
const { PrismaClient } = await import(`${compiled}/prisma/client.js`)
const { policies } = await import(`${compiled}/cache/index.js`)

const holding = {
  name: 'hold between COMMIT and publish',
  query: {
    async $allOperations({ args, query }) {
      await query(args)
      process.send('committed')
      await new Promise(() => {})
    },
  },
}
const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: databaseUrl }) })
  .$extends(prismaCache({ policies, redis: redisUrl, namespace, lease }))
  .$extends(holding)
await prisma.account.update({ where: { id }, data: { balance } })
