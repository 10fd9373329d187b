import type { PrismaClient } from '../generated/prisma/client.js'
import type { Random } from '../measure/random.js'
import { rowId } from '../stage/stage.js'

/** One operation of the mix: hits and misses by key and by list, each kind of write, transactions and sessions. */
export function operate(prisma: PrismaClient, random: Random, rows: number): PromiseLike<unknown> {
  const pick = () => ({ id: rowId({ rows }, Math.floor(random() ** 2 * rows)) })
  const data = { hits: { increment: 1 } }
  const kind = random()
  if (kind < 0.25) return prisma.through.findUnique({ where: pick() })
  if (kind < 0.45) return prisma.nearby.findUnique({ where: pick() })
  if (kind < 0.55) return prisma.strong.findUnique({ where: pick() })
  if (kind < 0.65) return prisma.behind.findUnique({ where: pick() })
  if (kind < 0.72) return prisma.through.findMany({ where: { owner: `owner ${Math.floor(random() * rows)}` } })
  if (kind < 0.74) return prisma.through.findUnique({ where: { id: `none-${Math.floor(random() * rows)}` } })
  if (kind < 0.79) return prisma.through.update({ where: pick(), data })
  if (kind < 0.83) return prisma.nearby.update({ where: pick(), data })
  if (kind < 0.87) return prisma.strong.update({ where: pick(), data })
  if (kind < 0.95) return prisma.behind.update({ where: pick(), data })
  if (kind < 0.98) {
    const [one, other] = [pick(), pick()].sort((a, b) => a.id.localeCompare(b.id)) // one order of locks: no deadlock
    return prisma.$transaction([
      prisma.strong.update({ where: one!, data }),
      prisma.strong.update({ where: other!, data }),
    ])
  }
  const session = (prisma as unknown as { $cache: Sessions }).$cache
  return session.session(async () => {
    const where = pick()
    await prisma.through.update({ where, data })
    await prisma.through.findUnique({ where })
  })
}

interface Sessions {
  session<T>(run: () => Promise<T>): Promise<T>
}
