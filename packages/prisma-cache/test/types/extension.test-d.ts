// The extended client has the types of the plain one. Compiled, never run.
import { prismaCache } from 'prisma-cache'
import { policies } from '../prisma/generated/cache/index.js'
import type { PrismaClient } from '../prisma/generated/prisma/client.js'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
function same<A, B>(_proof: Same<A, B>): void {}

declare const plain: PrismaClient
const extended = plain.$extends(prismaCache({ policies, redis: 'redis://127.0.0.1:6379' }))
const untouched = plain.$extends({ name: 'nothing' })

const ours = {
  unique: extended.account.findUnique({ where: { id: '1' }, select: { balance: true } }),
  fluent: extended.post.findUnique({ where: { id: 1 } }).author(),
  many: extended.user.findMany({ include: { posts: { select: { title: true } }, _count: true } }),
  count: extended.user.count({ select: { _all: true, name: true } }),
  grouped: extended.post.groupBy({ by: ['authorId'], _sum: { views: true } }),
  created: extended.counter.createManyAndReturn({ data: [{ id: 'a' }], select: { total: true } }),
  batch: extended.$transaction([extended.user.count(), extended.team.findMany()]),
  raw: extended.$queryRaw<{ one: number }[]>`select 1 as one`,
}
const theirs = {
  unique: untouched.account.findUnique({ where: { id: '1' }, select: { balance: true } }),
  fluent: untouched.post.findUnique({ where: { id: 1 } }).author(),
  many: untouched.user.findMany({ include: { posts: { select: { title: true } }, _count: true } }),
  count: untouched.user.count({ select: { _all: true, name: true } }),
  grouped: untouched.post.groupBy({ by: ['authorId'], _sum: { views: true } }),
  created: untouched.counter.createManyAndReturn({ data: [{ id: 'a' }], select: { total: true } }),
  batch: untouched.$transaction([untouched.user.count(), untouched.team.findMany()]),
  raw: untouched.$queryRaw<{ one: number }[]>`select 1 as one`,
}
same<Awaited<typeof ours.unique>, Awaited<typeof theirs.unique>>(true)
same<Awaited<typeof ours.fluent>, Awaited<typeof theirs.fluent>>(true)
same<Awaited<typeof ours.many>, Awaited<typeof theirs.many>>(true)
same<Awaited<typeof ours.count>, Awaited<typeof theirs.count>>(true)
same<Awaited<typeof ours.grouped>, Awaited<typeof theirs.grouped>>(true)
same<Awaited<typeof ours.created>, Awaited<typeof theirs.created>>(true)
same<Awaited<typeof ours.batch>, Awaited<typeof theirs.batch>>(true)
same<Awaited<typeof ours.raw>, Awaited<typeof theirs.raw>>(true)

extended.$transaction(async (tx) => {
  const row = await tx.account.update({ where: { id: '1' }, data: { balance: { decrement: 5 } } })
  same<typeof row.version, number>(true)
  // @ts-expect-error a transaction's client cannot be extended further
  tx.$extends({})
})

extended.$cache.flush('Counter')
extended.$cache.session((session) => session.token())
extended.$cache.on('hit', (event) => event.source === 'pending')
// @ts-expect-error no such model
extended.$cache.flush('Contour')
// @ts-expect-error no such event
extended.$cache.on('hits', () => {})
// @ts-expect-error no such field
extended.account.findUnique({ where: { ident: '1' } })
// @ts-expect-error policies are needed
prismaCache({ redis: 'redis://127.0.0.1:6379' })
