import { randomBytes } from 'node:crypto'
import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'
import { Redis } from 'ioredis'
import { createKeys, shardOf } from '../../../src/protocol/keys.js'
import type { Row } from '../../../src/protocol/row-codec.js'
import { type Acceptance, type AcceptBase, type AcceptReply, accept } from '../../../src/queue/accept.js'
import { readPending } from '../../../src/queue/read-pending.js'

const field = (name: string, type: ScalarField['type'], more: Partial<ScalarField> = {}): ScalarField => ({
  name,
  dbName: name,
  type,
  list: false,
  nullable: true,
  updatedAt: false,
  ...more,
})

export const facts: ModelFacts = {
  name: 'Item',
  dbName: 'Item',
  fields: [
    field('id', 'String', { nullable: false }),
    field('n', 'Int'),
    field('big', 'BigInt'),
    field('s', 'String'),
    field('tags', 'String', { list: true }),
  ],
  relations: [],
  primaryKey: { name: 'id', fields: ['id'] },
  uniques: [],
  indexes: [],
  isView: false,
  shapeHash: '0123456789ab',
}

export const INT4 = { min: -(2n ** 31n), max: 2n ** 31n - 1n }
export const INT8 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

export const itemRow = (id: string, more: Row = {}): Row => ({ id, n: 0, big: 0n, s: null, tags: [], ...more })

type Change = NonNullable<Acceptance['update']>
export const changeOf = (change: Partial<Change>): Change => ({ set: {}, add: {}, push: {}, ...change })

export type AcceptBench = ReturnType<typeof createAcceptBench>

/** One model's rows in a namespace of its own. */
export function createAcceptBench() {
  const url = process.env.TEST_REDIS_URL
  if (!url) throw new Error('TEST_REDIS_URL is not set: run the tests with `pnpm test:integration`')
  const redis = new Redis(url)
  const keys = createKeys(`t${randomBytes(6).toString('hex')}`)
  const versionKey = (row: string) => keys.tag({ kind: 'row', model: 'Item', row }).version
  const shard = (row: string) => keys.shard('Item', shardOf(row))

  return {
    redis,
    keys,
    versionKey,
    shard,
    close: async () => redis.disconnect(),
    /** What a reader would give as base, under the version that stands; one is made where there is none. */
    async base(row: string, values: Row | null, wide = 'w', epoch = 'e'): Promise<AcceptBase> {
      await redis.set(versionKey(row), '1.made', 'NX')
      const version = (await redis.get(versionKey(row)))!
      const stamps = { version, wide, epoch, held: '0' }
      return values ? { kind: 'row', values, ...stamps } : { kind: 'absent', ...stamps }
    },
    accept: (write: Omit<Acceptance, 'facts'>, base?: AcceptBase) => accept(redis, keys, { facts, ...write }, base),
    acceptOn: (other: Redis, write: Omit<Acceptance, 'facts'>) => accept(other, keys, { facts, ...write }),
    /** Accepts, and gives `values` as base when one is asked for. */
    async acceptOver(values: Row | null, write: Omit<Acceptance, 'facts'>): Promise<AcceptReply> {
      const reply = await this.accept(write)
      return reply.kind === 'needBase' ? this.accept(write, await this.base(write.row, values)) : reply
    },
    pending: (row: string) => readPending(redis, keys, facts, row),
    open: (row: string) => redis.hgetall(keys.openChange('Item', row)),
    /** Everything under this namespace, to see that a refusal changed nothing. */
    async everything(): Promise<Record<string, unknown>> {
      const all: Record<string, unknown> = {}
      for (const key of (await redis.keys(`${keys.namespace}:*`)).sort()) {
        const type = await redis.type(key)
        if (type === 'hash') all[key] = await redis.hgetall(key)
        else if (type === 'zset') all[key] = await redis.zrange(key, '0', '-1', 'WITHSCORES')
        else all[key] = await redis.get(key)
      }
      return all
    },
  }
}
