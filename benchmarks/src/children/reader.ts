// One of the processes of a stampede: reads a row many times at once when it is told to, and tells how many of the reads
// reached the database. Ends when its parent lets go of it.
import { PrismaPg } from '@prisma/adapter-pg'
import { prismaCache } from 'prisma-cache'
import { policies } from '../generated/cache/index.js'
import { Prisma, PrismaClient } from '../generated/prisma/client.js'

let queries = 0
const counting = Prisma.defineExtension({
  query: {
    $allOperations({ args, query }) {
      queries++
      return query(args)
    },
  },
})

const { BENCH_DATABASE_URL, BENCH_REDIS_URL, BENCH_NAMESPACE } = process.env
const adapter = new PrismaPg({ connectionString: BENCH_DATABASE_URL!, max: 10 })
// Applied later, so nearer to the database: what the cache answers never gets there.
const prisma = new PrismaClient({ adapter })
  .$extends(prismaCache({ policies, redis: BENCH_REDIS_URL!, namespace: BENCH_NAMESPACE!, commandTimeout: 20_000 }))
  .$extends(counting)

process.on('message', async ({ id, readers }: { id: string; readers: number }) => {
  queries = 0
  await Promise.all(Array.from({ length: readers }, () => prisma.through.findUniqueOrThrow({ where: { id } }).then()))
  process.send!({ queries })
})
process.once('disconnect', () => void prisma.$disconnect().then(() => process.exit()))

await prisma.through.findUnique({ where: { id: 'row-1' } })
process.send!('ready')
