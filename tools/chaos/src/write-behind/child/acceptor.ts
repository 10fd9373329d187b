import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import { prismaCache } from 'prisma-cache'
import { policies } from '../../generated/write-behind/cache/index.js'
import { PrismaClient } from '../../generated/write-behind/prisma/client.js'
import { type ChildSettings, encode, type FromChild, type Reply, type ToChild } from './messages.js'
import type { Opened } from './opened.js'

/** What the client tells of one call beside its answer. */
interface Heard {
  sequence?: number
  direct?: string
}

/** A machine that does nothing else than this answers in milliseconds, and one that is overloaded at last. */
const PATIENCE_MS = 15_000

export async function openAcceptor(settings: ChildSettings, send: (message: FromChild) => void): Promise<Opened> {
  const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: settings.databaseUrl, max: 3 }) })
  const { redisUrl: redis, namespace, leaseMs: lease } = settings
  const prisma = plain.$extends(prismaCache({ policies, redis, namespace, lease, commandTimeout: PATIENCE_MS }))
  const calls = new AsyncLocalStorage<Heard>()
  prisma.$cache.on('accept', ({ sequence }) => Object.assign(calls.getStore() ?? {}, { sequence }))
  prisma.$cache.on('direct', ({ reason }) => Object.assign(calls.getStore() ?? {}, { direct: reason }))
  // The connections, the epoch, and what Prisma loads at its first query.
  await prisma.$queryRawUnsafe('SELECT 1 AS one')
  await prisma.$cache.pending()

  type Delegate = Record<string, (args: unknown) => Promise<unknown>>
  const perform = ({ model, operation, args }: Extract<ToChild, { type: 'call' }>, by: object): Promise<unknown> => {
    const name = model[0]!.toLowerCase() + model.slice(1)
    return (by as Record<string, Delegate>)[name]![operation]!(args)
  }
  const run = (message: Extract<ToChild, { type: 'call' | 'cache' }>): Promise<unknown> => {
    if (message.type === 'call') {
      if (message.operation === 'sql') {
        const [text, ...values] = message.args as [string, ...unknown[]]
        return prisma.$executeRawUnsafe(text, ...values)
      }
      if (message.way === 'transaction') return prisma.$transaction((tx) => perform(message, tx))
      return perform(message, prisma)
    }
    const cache = prisma.$cache as unknown as Record<string, (...args: readonly unknown[]) => Promise<unknown>>
    return cache[message.method]!(...message.args)
  }

  return {
    call(message) {
      const heard: Heard = {}
      const reply = (reply: Reply) => send({ type: 'done', call: message.call, reply })
      calls.run(heard, async () => {
        try {
          reply({ ok: true, value: encode(await run(message)), ...heard })
        } catch (error) {
          const { code = '', message: text } = error as { code?: string; message: string }
          reply({ ok: false, code: String(code), message: text, reached: heard.sequence !== undefined })
        }
      })
    },
    close: () => prisma.$disconnect(),
  }
}
