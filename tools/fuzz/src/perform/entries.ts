import type { Redis } from 'ioredis'
import { canonical } from '../compare/canonical.js'
import { type Args, type Call, isRead, type Step, type Stepwise } from '../operation.js'
import type { Model, Models } from '../schema/models.js'
import type { Bench } from './bench.js'
import { type CachedClient, copyFor } from './client.js'
import { answersOf, type Compared } from './compare-answers.js'
import type { Mismatch } from './mismatch.js'

/**
 * Every entry in Redis, and every copy in a process, against what Postgres would answer. The question to each is known:
 * it was asked before, or names the row that the entry is of.
 */
export interface Entries {
  /** Remembers what the operation asks, and of whom. */
  asked(operation: Stepwise): void
  /** With nothing under way and nothing pending. */
  compare(): Promise<Compared>
}

/** A question, and one of the clients that would find its answer at the same key. */
interface Question {
  readonly client: number
  readonly call: Call
}

interface Known extends Question {
  /** Undefined until it is asked for, `null`: the answer is never kept. */
  key: string | null | undefined
}

export function createEntries(bench: Bench, models: Models, redis: Redis): Entries {
  const { namespace, cached, likes } = bench
  const questions = new Map<string, Known>()
  const near = cached.map((_, i) => bench.hasNear(i))

  function remember(client: number, call: Call): void {
    const { cache: _, ...args } = call.args
    // What answers a read of a weaker class is all that there is to be found.
    const bare: Call = { ...call, args: { ...args, cache: { consistency: 'eventual' } } }
    const like = likes[client]!
    const name = `${like} ${canonical(bare)}`
    if (!questions.has(name)) questions.set(name, { client: like, call: bare, key: undefined })
  }

  async function compare(): Promise<Compared> {
    await keysOfQuestions()
    const standing = await entryKeys(redis, namespace)
    let reads = 0
    for (const question of found(standing)) {
      for (const client of cached.keys()) {
        if (likes[client] !== likes[question.client] || (client !== question.client && !near[client])) continue
        const mismatch = await compareOne({ ...question, client })
        if (mismatch === 'dead') continue
        reads++
        if (mismatch) return { reads, mismatch }
      }
    }
    return { reads, mismatch: undefined }
  }

  async function keysOfQuestions(): Promise<void> {
    for (const question of questions.values()) question.key ??= await keyOf(cached[question.client]!, question.call)
  }

  function found(standing: ReadonlySet<string>): Question[] {
    const known = new Set<string>()
    const some: Question[] = []
    for (const { key, client, call } of questions.values()) {
      if (typeof key !== 'string') continue
      known.add(key)
      if (standing.has(key) || near[client]) some.push({ client, call })
    }
    for (const key of standing) {
      const call = known.has(key) ? undefined : rowOfKey(models, namespace, key)
      if (call) for (const client of new Set(likes)) some.push({ client, call })
    }
    return some
  }

  /** In a session of its own, to which everything is new enough. */
  async function compareOne({ client, call }: Question): Promise<Mismatch | 'dead' | undefined> {
    const asker = cached[client]!
    return await asker.$cache.session(async () => {
      const about = await explained(asker, call)
      if (about.kind !== 'read' || about.source === 'postgres') return 'dead'
      const { expected, actual } = await answersOf(models, call, bench.truth[client]!, asker)
      if (expected === actual) return undefined
      const what = `the entry at rest, from ${about.source}, for client ${client}: ${call.model}.${call.operation} ${canonical(call.args)}`
      return { what: `${what}\n  ${about.key ?? ''}`, expected, actual }
    })
  }

  return {
    asked(operation) {
      for (const [client, call] of readsOf(operation)) remember(client, call)
    },
    compare,
  }
}

/** Reads that may be filled: those outside a transaction. */
function readsOf(operation: Stepwise): (readonly [client: number, call: Call])[] {
  const outside = (steps: readonly Step[]): (readonly [number, Call])[] =>
    steps.flatMap((step) => {
      if (step.kind === 'savepoint') return outside(step.steps)
      return step.kind === 'outside' ? [[step.client, step.call] as const] : []
    })
  const reads = (): (readonly [number, Call])[] => {
    switch (operation.kind) {
      case 'single':
        return operation.step.kind === 'call' ? [[operation.client, operation.step]] : []
      case 'together':
        return operation.calls.map((call) => [operation.client, call] as const)
      case 'interactive':
        return outside(operation.steps)
      default:
        return []
    }
  }
  return reads().filter(([, call]) => isRead(call))
}

const explained = (client: CachedClient, { model, operation, args }: Call) =>
  client.$cache.explain(model, operation, copyFor(client, args))

async function keyOf(client: CachedClient, call: Call): Promise<string | null> {
  // Arguments that nobody understands are explained by an error.
  const about = await explained(client, call).catch(() => undefined)
  return about?.kind === 'read' ? (about.key ?? null) : null
}

async function entryKeys(redis: Redis, namespace: string): Promise<Set<string>> {
  const keys = new Set<string>()
  for await (const batch of redis.scanStream({ match: `${namespace}:*`, count: 1000 }) as AsyncIterable<string[]>) {
    for (const key of batch) if (key.startsWith(`${namespace}:a:`) || isRowEntry(key, namespace)) keys.add(key)
  }
  return keys
}

const isRowEntry = (key: string, namespace: string) =>
  key.startsWith(`${namespace}:{`) && key.slice(key.indexOf('}:') + 2).startsWith('e:')

/** `namespace:{Model#shard}:e:shape:row` → the row, as nobody may have asked for it before a write put it there. */
function rowOfKey(models: Models, namespace: string, key: string): Call | undefined {
  if (!isRowEntry(key, namespace)) return undefined
  const name = key.slice(namespace.length + 2, key.indexOf('#', namespace.length))
  const rest = key.slice(key.indexOf('}:e:') + 4)
  const model = models.list.find((one) => one.name === name)
  if (!model) return undefined
  const args = { where: whereOfRow(model, rest.slice(rest.indexOf(':') + 1)), cache: { consistency: 'eventual' } }
  return { kind: 'call', model: name, operation: 'findUnique', args }
}

function whereOfRow({ key, field }: Model, row: string): Args {
  const parts = row.match(/(?:\\.|[^\\,])*(?:,|$)/gs) ?? []
  const values = Object.fromEntries(
    key.fields.map((name, i) => {
      const text = parts[i]!.replace(/,$/, '').replace(/\\(.)/gs, '$1')
      const { type } = field(name)
      return [name, type === 'Int' ? Number(text) : type === 'BigInt' ? BigInt(text) : text]
    }),
  )
  return key.fields.length === 1 && key.fields[0] === key.name ? values : { [key.name]: values }
}
