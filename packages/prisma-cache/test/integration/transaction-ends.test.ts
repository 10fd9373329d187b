import { PrismaPg } from '@prisma/adapter-pg'
import { Prisma, PrismaClient } from '../prisma/generated/prisma/client.js'
import { type Bench, createBench } from './support/bench.js'
import { createCutProxy } from './support/cut-proxy.js'
import { type Extended, extend } from './support/extended.js'
import { createSignal } from './support/gate.js'

/** How a transaction may end, and what readers are answered after. */

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

type Client = ReturnType<typeof extend>
type Tx = Parameters<Parameters<Extended['$transaction']>[0]>[0]

/** A row of each way to write, and questions about them that are all in the cache. */
async function rows(client: Client, id: number) {
  const account = { where: { id: `end-${id}` } }
  const team = { where: { id } }
  await client.plain.account.create({ data: { id: `end-${id}`, owner: `old ${id}`, balance: 1 } })
  await client.plain.team.create({ data: { id, name: `old ${id}` } })
  await client.prisma.$cache.invalidate('Account')
  await client.prisma.$cache.invalidate('Team')
  const questions: ((of: PrismaClient | Extended) => PromiseLike<unknown>)[] = [
    (of) => (of as Extended).account.findUnique(account),
    (of) => (of as Extended).account.findMany({ where: { owner: { contains: `${id}` } } }),
    (of) => (of as Extended).team.findUnique(team),
    (of) => (of as Extended).team.count({ where: { name: `old ${id}` } }),
  ]
  for (const question of questions) {
    const filled = client.until('fill')
    await question(client.prisma)
    await filled
  }
  return {
    async write(tx: Tx): Promise<void> {
      await tx.account.update({ ...account, data: { owner: `new ${id}` } })
      await tx.team.update({ ...team, data: { name: `new ${id}` } })
    },
    /** Each question answered as the database would. @returns how many were hits */
    async hits(): Promise<number> {
      client.events()
      let count = 0
      for (const question of questions) {
        const answer = await question(client.prisma)
        if (client.events().some((event) => event.startsWith('hit:'))) count++
        // As text: an extension's computed field comes with functions of its own.
        expect(JSON.stringify(answer)).toBe(JSON.stringify(await question(client.plain)))
      }
      return count
    },
  }
}

test.each(['ReadCommitted', 'RepeatableRead', 'Serializable'] as const)(
  'isolation level %s: what is committed is published, what is refused is not',
  async (isolationLevel) => {
    const id = { ReadCommitted: 1, RepeatableRead: 2, Serializable: 3 }[isolationLevel]
    const client = extend(bench)
    const { write, hits } = await rows(client, id)
    expect(await hits()).toBe(4)
    await client.prisma.$transaction(write, { isolationLevel })
    // The row that was put is the only hit.
    expect(await hits()).toBe(1)

    const seen = createSignal()
    const changed = createSignal()
    const late = client.prisma.$transaction(
      async (tx) => {
        await tx.account.findUnique({ where: { id: `end-${id}` } })
        seen.give()
        await changed.given
        await tx.account.update({ where: { id: `end-${id}` }, data: { balance: { increment: 1 } } })
      },
      { isolationLevel },
    )
    const outcome = late.then(
      () => 'committed',
      (error: { code?: string }) => error.code,
    )
    await seen.given
    await client.prisma.account.update({ where: { id: `end-${id}` }, data: { balance: 10 } })
    changed.give()
    expect(await outcome).toBe(isolationLevel === 'ReadCommitted' ? 'committed' : 'P2034')
    await hits()
    expect(await hits()).toBe(4)
  },
)

test('maxWait: a transaction that gets no connection has written nothing, and the cache stands', async () => {
  const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: bench.databaseUrl, max: 1 }) })
  bench.onClose(() => plain.$disconnect())
  const client = extend(bench, { plain })
  const { write, hits } = await rows(client, 4)
  const begun = createSignal()
  const end = createSignal()
  const holder = plain.$transaction(async (tx) => {
    await tx.$queryRaw`select 1`
    begun.give()
    await end.given
  })
  await begun.given
  await expect(client.prisma.$transaction(write, { maxWait: 50 })).rejects.toMatchObject({ code: 'P2028' })
  end.give()
  await holder
  expect(await hits()).toBe(4)
})

test.each(['asked', 'answered'] as const)(
  'a connection that is lost while COMMIT is on its way counts as committed: when it is %s',
  async (when) => {
    const proxy = await createCutProxy(bench)
    const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: proxy.url }) })
    bench.onClose(() => plain.$disconnect())
    const client = extend(bench, { plain })
    const id = when === 'asked' ? 5 : 6
    const { write, hits } = await rows(client, id)
    expect(await hits()).toBe(4)
    proxy.cutAtCommit(when)
    await expect(client.prisma.$transaction(write)).rejects.toThrow()
    const { name } = (await bench.plain().team.findUnique({ where: { id } }))!
    expect(name).toBe(when === 'asked' ? `old ${id}` : `new ${id}`)
    expect(await hits()).toBe(0)
  },
)

test('a backend that is terminated while it commits', async () => {
  const client = extend(bench)
  const other = bench.plain()
  const { hits } = await rows(client, 7)
  // COMMIT waits for a lock that the test holds.
  for (const sql of [
    `create function wait_at_commit() returns trigger language plpgsql as $$ begin perform pg_advisory_xact_lock(7); return new; end $$`,
    `create constraint trigger waits after update on "Team" deferrable initially deferred for each row execute function wait_at_commit()`,
  ])
    await other.$executeRawUnsafe(sql)
  const locked = createSignal()
  const unlock = createSignal()
  const holder = other.$transaction(
    async (tx) => {
      await tx.$queryRaw`select pg_advisory_xact_lock(7)::text`
      locked.give()
      await unlock.given
    },
    { timeout: 20_000 },
  )
  await locked.given
  let pid = 0
  const writing = client.prisma.$transaction(async (tx) => {
    const [backend] = await tx.$queryRaw<{ pid: number }[]>`select pg_backend_pid() as pid`
    pid = backend!.pid
    await tx.team.update({ where: { id: 7 }, data: { name: 'never' } })
  })
  const outcome = writing.then(
    () => 'committed',
    () => 'lost',
  )
  for (let waiting = 0n; waiting === 0n; ) {
    const [row] = await other.$queryRaw<{ n: bigint }[]>`
      select count(*) as n from pg_stat_activity where pid = ${pid} and wait_event_type = 'Lock'`
    waiting = row!.n
  }
  await other.$queryRaw`select pg_terminate_backend(${pid}::int)`
  expect(await outcome).toBe('lost')
  unlock.give()
  await holder
  await other.$executeRawUnsafe('drop trigger waits on "Team"')
  // The pool may have taken the connection back before it heard of its end: whoever gets it then finds it lost.
  const connected = () =>
    client.plain.$queryRaw`select 1`.then(
      () => true,
      () => false,
    )
  while (!(await connected()));
  // What was written is unknown to the writer, so its answers are asked anew; nothing was.
  expect(await hits()).toBeLessThan(4)
  expect(await hits()).toBe(4)
})

describe.each(['before', 'after'] as const)('another extension, applied %s the cache', (when) => {
  const seen: string[] = []
  const other = Prisma.defineExtension({
    query: {
      async $allOperations({ operation, args, query }) {
        seen.push(operation)
        return await query(args)
      },
    },
    result: { team: { shout: { needs: { name: true }, compute: ({ name }) => name.toUpperCase() } } },
  })
  const id = when === 'before' ? 8 : 9

  function clientWithBoth(): { client: Client; both: Extended } {
    if (when === 'before') {
      const client = extend(bench, { plain: bench.plain().$extends(other) as unknown as PrismaClient })
      return { client, both: client.prisma }
    }
    const client = extend(bench)
    return { client, both: client.prisma.$extends(other) as unknown as Extended }
  }

  test('transactions of each form, committed and rolled back', async () => {
    const { client, both } = clientWithBoth()
    const { write, hits } = await rows(client, id)
    client.events()
    await expect(
      both.$transaction(async (tx) => {
        await write(tx)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    expect(client.events()).not.toContain('publish')
    // What was sent beside the statements has dropped the answers; what is asked again is kept again.
    await hits()
    expect(await hits()).toBe(4)
    await both.$transaction(write)
    expect(await hits()).toBe(1)
    await hits()
    await both.$transaction([
      both.team.update({ where: { id }, data: { name: 'array' } }),
      both.account.update({ where: { id: `end-${id}` }, data: { owner: `array ${id}` } }),
    ])
    expect(await hits()).toBe(0)
    await hits()
    await both.$transaction(async (tx) => {
      await (tx as unknown as Extended)
        .$transaction(async (inner) => {
          await inner.team.update({ where: { id }, data: { name: 'undone' } })
          throw new Error('back')
        })
        .catch(() => {})
      await tx.account.update({ where: { id: `end-${id}` }, data: { owner: `nested ${id}` } })
    })
    expect(await hits()).toBeLessThan(4)
    expect((await both.team.findUnique({ where: { id } })) as object).toMatchObject({ name: 'array', shout: 'ARRAY' })
    expect(seen).toContain('update')
  })
})

test('writers and readers at once on one transaction, one of which fails', async () => {
  const client = extend(bench)
  const { hits } = await rows(client, 10)
  const done = client.prisma.$transaction(async (tx) => {
    const all = await Promise.allSettled([
      tx.team.update({ where: { id: 10 }, data: { name: 'new 10' } }),
      tx.account.update({ where: { id: 'end-10' }, data: { owner: 'new 10' } }),
      tx.team.findMany({ where: { id: 10 } }),
      tx.team.update({ where: { id: -1 }, data: { name: 'nobody' } }),
      tx.account.count(),
    ])
    return all.map(({ status }) => status)
  })
  expect(await done).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
  expect(await hits()).toBe(0)
})
