import { definePolicies, writeBehind } from 'prisma-cache'
import { startFlushWorker } from 'prisma-cache/worker'
import { policies } from '../prisma/generated/cache/index.js'
import { type Bench, createBench } from './support/bench.js'
import { extend } from './support/extended.js'
import { createGates } from './support/gate.js'

/** Foreign keys between what is pending and what is written past the queue. Nothing is flushed here unless it must be. */
let bench: Bench
beforeAll(async () => {
  bench = await createBench()
  const worker = await startFlushWorker({
    prisma: bench.plain(),
    policies,
    redis: bench.redisUrl,
    namespace: bench.namespace,
  })
  bench.onClose(() => worker.close())
})
afterAll(() => bench.close())

const pendingRoom = async (client = extend(bench)) => {
  const { id } = await client.prisma.room.create({ data: {} })
  expect(await client.prisma.$cache.status('Room', { id })).toBe('pending')
  return id
}

test('a create that refers to a row that is pending waits for it', async () => {
  const { prisma, plain } = extend(bench)
  const roomId = await pendingRoom()
  expect(await prisma.booking.create({ data: { roomId } })).toMatchObject({ roomId })
  expect(await plain.booking.count({ where: { roomId } })).toBe(1)
})

test('so do an update, an upsert, and writes of many rows', async () => {
  const { prisma } = extend(bench)
  const { id } = await prisma.booking.create({ data: { room: { create: {} } } })
  const second = await pendingRoom()
  expect(await prisma.booking.update({ where: { id }, data: { roomId: second } })).toMatchObject({ roomId: second })
  const third = await pendingRoom()
  const upserted = await prisma.booking.upsert({ where: { id }, create: { roomId: third }, update: { roomId: third } })
  expect(upserted).toMatchObject({ roomId: third })
  const fourth = await pendingRoom()
  expect(await prisma.booking.createMany({ data: [{ roomId: fourth }, { roomId: fourth }] })).toEqual({ count: 2 })
  const fifth = await pendingRoom()
  expect(await prisma.booking.updateMany({ where: { roomId: fourth }, data: { roomId: fifth } })).toEqual({ count: 2 })
  const sixth = await pendingRoom()
  expect(await prisma.$executeRaw`update "Booking" set "roomId" = ${sixth} where "roomId" = ${fifth}`).toBe(2)
})

test('a key that nobody has is refused as by Prisma, and sent once, whatever else is pending', async () => {
  const { prisma } = extend(bench)
  const { id } = await prisma.booking.create({ data: { room: { create: {} } } })
  const pending = await pendingRoom()
  const gates = createGates()
  const client = extend(bench, { gates }).prisma
  const nobody = { roomId: 'nobody' }
  const refused = { code: 'P2003' }
  await expect(client.booking.create({ data: nobody })).rejects.toMatchObject(refused)
  await expect(client.booking.update({ where: { id }, data: nobody })).rejects.toMatchObject(refused)
  const upsert = { where: { id: 700 }, create: nobody, update: {} }
  await expect(client.booking.upsert(upsert)).rejects.toMatchObject(refused)
  const sent = ['create', 'update', 'upsert'].map((operation) => gates.count(`Booking.${operation}`))
  expect(sent).toEqual([1, 1, 1])
  expect(await prisma.$cache.status('Room', { id: pending })).toBe('pending')
})

test('a row that was pending when its child was sent, and is applied before Postgres’s refusal comes, is waited for', async () => {
  const { prisma } = extend(bench)
  const roomId = await pendingRoom()
  let first = true
  const late = extend(bench).prisma.$extends({
    query: {
      booking: {
        async create({ args, query }) {
          if (!first) return await query(args)
          first = false
          const error = await query(args).then(
            () => new Error('it was not refused'),
            (refusal: unknown) => refusal,
          )
          await prisma.$cache.flush('Room')
          throw error
        },
      },
    },
  })
  expect(await late.booking.create({ data: { roomId } })).toMatchObject({ roomId })
})

test('in a transaction, whose first failure would be its end', async () => {
  const { prisma, plain } = extend(bench)
  const roomId = await pendingRoom()
  await prisma.$transaction(async (tx) => {
    await tx.setting.create({ data: { scope: 'keys', key: roomId, value: 1 } })
    await tx.booking.create({ data: { roomId } })
  })
  const other = await pendingRoom()
  await prisma.$transaction([
    prisma.setting.create({ data: { scope: 'keys', key: other, value: 1 } }),
    prisma.booking.create({ data: { roomId: other } }),
  ])
  expect(await plain.booking.count({ where: { roomId: { in: [roomId, other] } } })).toBe(2)
})

test('a row is deleted after the pending deletes of those that refer to it', async () => {
  const { prisma, plain } = extend(bench)
  const made = async () => {
    const booking = await prisma.booking.create({ data: { room: { create: {} } } })
    const notice = await prisma.notice.create({ data: { bookingId: booking.id } })
    await prisma.$cache.flush()
    await extend(bench).prisma.notice.delete({ where: { id: notice.id } })
    expect(await prisma.$cache.status('Notice', { id: notice.id })).toBe('pending')
    return booking.id
  }
  const id = await made()
  expect(await prisma.booking.delete({ where: { id } })).toMatchObject({ id })
  const second = await made()
  await prisma.$transaction([prisma.booking.delete({ where: { id: second } })])
  const third = await made()
  await prisma.$transaction((tx) => tx.booking.delete({ where: { id: third } }))
  const fourth = await made()
  expect(await prisma.booking.deleteMany({ where: { id: fourth } })).toEqual({ count: 1 })
  expect(await plain.booking.count({ where: { id: { in: [id, second, third, fourth] } } })).toBe(0)
})

test('a row that an accepted one refers to is not deleted', async () => {
  const { prisma, plain } = extend(bench)
  const { id } = await prisma.booking.create({ data: { room: { create: {} } } })
  const notice = await extend(bench).prisma.notice.create({ data: { bookingId: id } })
  await expect(prisma.booking.delete({ where: { id } })).rejects.toMatchObject({ code: 'P2003' })
  expect(await plain.notice.count({ where: { id: notice.id } })).toBe(1)
})

test('what a direct write answers of other models, or chooses its rows by, has the own pending rows in it', async () => {
  const { prisma } = extend(bench)
  const { id } = await prisma.booking.create({ data: { room: { create: {} } } })
  const other = await prisma.booking.create({ data: { room: { create: {} } } })
  const notice = await prisma.notice.create({ data: { bookingId: id } })
  const data = { roomId: other.roomId }
  const updated = await prisma.booking.update({ where: { id }, data, include: { notices: true } })
  expect(updated.notices).toEqual([notice])
  await prisma.notice.create({ data: { bookingId: other.id } })
  const noticed = { id: other.id, notices: { some: {} } }
  expect(await prisma.booking.updateMany({ where: noticed, data })).toEqual({ count: 1 })
})

describe('creates: writeThrough', () => {
  test('a create is in Postgres at once and its row in the cache; changes of it are accepted', async () => {
    const client = extend(bench)
    const { prisma, plain } = client
    const pass = await prisma.pass.create({ data: {}, select: { id: true } })
    const where = { id: pass.id }
    expect(await plain.pass.findUnique({ where })).toEqual({ ...pass, uses: 0 })
    client.events()
    expect(await prisma.pass.findUnique({ where })).toEqual({ ...pass, uses: 0 })
    expect(client.events()).toEqual(['hit:Pass.findUnique'])
    expect(await prisma.pass.update({ where, data: { uses: { increment: 2 } } })).toEqual({ ...pass, uses: 2 })
    expect(await prisma.pass.delete({ where })).toEqual({ ...pass, uses: 2 })
    expect(client.events()).toEqual(['accept:Pass.update', 'accept:Pass.delete'])
    expect(await plain.pass.findUnique({ where })).not.toBeNull()
  })

  test('an id that only the database can make', async () => {
    const client = extend(bench)
    const { prisma, plain } = client
    const ticket = await prisma.ticket.create({ data: { code: 'a' } })
    expect(await plain.ticket.findUnique({ where: { id: ticket.id } })).toEqual(ticket)
    const where = { id: ticket.id }
    client.events()
    const upsert = await prisma.ticket.upsert({ where, create: {}, update: { uses: { increment: 1 } } })
    expect(upsert).toEqual({ ...ticket, uses: 1 })
    expect(client.events()).toEqual(['accept:Ticket.update'])
    expect(await prisma.ticket.upsert({ where: { id: 700 }, create: { id: 700 }, update: { uses: 9 } })).toEqual({
      id: 700,
      code: null,
      uses: 0,
    })
    expect(await plain.ticket.findUnique({ where: { id: 700 } })).not.toBeNull()
    await expect(prisma.ticket.create({ data: { code: 'a' } })).rejects.toMatchObject({ code: 'P2002' })
    expect(await prisma.ticket.createMany({ data: [{}, {}] })).toEqual({ count: 2 })
  })

  test('what is pending on other rows stays pending; a pending delete of the same row goes first', async () => {
    const { prisma } = extend(bench)
    const other = extend(bench)
    const pass = await prisma.pass.create({ data: { id: 'again', uses: 5 } })
    const neighbour = await prisma.pass.create({ data: {} })
    await other.prisma.pass.update({ where: { id: neighbour.id }, data: { uses: 1 } })
    await other.prisma.pass.delete({ where: { id: pass.id } })
    expect(await prisma.pass.create({ data: {} })).toMatchObject({ uses: 0 })
    expect((await prisma.$cache.pending('Pass')).Pass!.count).toBeGreaterThanOrEqual(2)
    expect(await prisma.pass.create({ data: { id: 'again' } })).toEqual({ id: 'again', uses: 0 })
    expect(await other.prisma.pass.findUnique({ where: { id: 'again' } })).toEqual({ id: 'again', uses: 0 })
  })

  test('the other way round, a create is accepted', async () => {
    const accepting = definePolicies(policies, { Pass: writeBehind({ ttl: '1m', durability: 'memory' }) })
    const { prisma, events } = extend(bench, { policies: accepting })
    await prisma.pass.create({ data: { uses: 1 } })
    expect(events()).toContain('accept:Pass.create')
  })
})
