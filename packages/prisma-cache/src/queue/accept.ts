import type { ModelFacts } from '@prisma-cache/policy-dsl'
import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import { encodeField } from '../protocol/field-codec.js'
import { type Keys, shardOf } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import { runCommand } from '../protocol/run-command.js'
import { createNonce, VERSION_LIFETIME_MS } from '../protocol/version.js'
import { decodePending, type PendingBase } from './pending-fields.js'

/** One write to one row. `create` and `update` stand where the operation needs them. */
export interface Acceptance {
  /** `replace`: a create, whether there is a row or not. */
  readonly operation: 'create' | 'update' | 'upsert' | 'delete' | 'replace'
  readonly facts: ModelFacts
  readonly row: string
  readonly create?: Row
  /** Pending rows that the shard may hold. Default: any number. */
  readonly bound?: number
  /** The rejected change that is accepted once more, as Redis holds it. */
  readonly claim?: string
  readonly update?: {
    readonly set: Row
    readonly add: Readonly<Record<string, { readonly delta: bigint; readonly min: bigint; readonly max: bigint }>>
    /** What replaces an integer, made of what stands in it. */
    readonly compute?: Readonly<
      Record<
        string,
        { readonly how: '+' | '*' | '/'; readonly operand: bigint; readonly min: bigint; readonly max: bigint }
      >
    >
    readonly push: Readonly<Record<string, readonly unknown[]>>
  }
}

interface Held {
  /** As a reply told it before the base was read. */
  readonly held: string
}

/** What a change is folded into where no pending row stands. */
export type AcceptBase =
  | (PendingBase & Held & { readonly kind: 'row'; readonly values: Row })
  | (PendingBase & Held & { readonly kind: 'absent' })
  /** Of a key that was made for this write; nothing was read. */
  | (Omit<PendingBase, 'version'> & { readonly kind: 'new' })

export type AcceptReply =
  | {
      readonly kind: 'accepted'
      readonly sequence: number
      /** No other row of the shard was dirty: its flush job is to be scheduled. */
      readonly opened: boolean
      /** The sealed batch holds the row too. */
      readonly sealed: boolean
      /** The merged row; of a delete, the row as it was. */
      readonly row: Row
      /** See `PendingFields`. */
      readonly complete: boolean
      /** Under what the base was read that the row rests on. */
      readonly base: PendingBase
      /** Pending rows of the shard: this many at most. */
      readonly stock: number
    }
  /** No pending row stands: a base is needed, read after this reply. `held` goes with it. */
  | { readonly kind: 'needBase'; readonly held: string }
  /** The base was read under another version, or before somebody began to write rows that he did not name. */
  | { readonly kind: 'staleBase'; readonly held: string }
  /** The row was written past the queue: what is pending up to `sequence` must be flushed first. */
  | { readonly kind: 'stalePending'; readonly sequence: number }
  | { readonly kind: 'exists' }
  | { readonly kind: 'missing' }
  /** An integer would leave the range of its column. */
  | { readonly kind: 'overflow' }
  /** The shard holds as many pending rows as it may, until what is pending up to `sequence` is applied. */
  | { readonly kind: 'full'; readonly sequence: number }
  /** The rejected change is another one by now, or gone. */
  | { readonly kind: 'unclaimed' }
  /** Something newer is pending on the row of the rejected change. */
  | { readonly kind: 'newer' }
  /** Somebody is writing the row past the queue. */
  | { readonly kind: 'fenced' }

type Refusal = Exclude<AcceptReply['kind'], 'accepted' | 'needBase' | 'staleBase' | 'stalePending' | 'full'>
const REFUSALS: Readonly<Record<number, Refusal>> = {
  [-4]: 'exists',
  [-5]: 'missing',
  [-6]: 'overflow',
  [-8]: 'unclaimed',
  [-9]: 'newer',
  [-10]: 'fenced',
}
const NEED_BASE = -1
const STALE_BASE = -2
const STALE_PENDING = -3
const FULL = -7

/** Accepts the write if it can be answered from what stands in Redis and `base`. Rejects with what Redis says. */
export async function accept(
  redis: Redis | Cluster,
  keys: Keys,
  write: Acceptance,
  base?: AcceptBase,
): Promise<AcceptReply> {
  const model = write.facts.name
  const shard = keys.shard(model, shardOf(write.row))
  const tag = keys.tag({ kind: 'row', model, row: write.row })
  const reply = (await runCommand(
    redis,
    commands.accept,
    [
      tag.version,
      keys.pendingRow(model, write.row),
      keys.openChange(model, write.row),
      shard.sequence,
      shard.dirty,
      shard.sealed,
      shard.rejected,
      tag.fence,
      shard.hold,
    ],
    argumentsOf(write, base),
  )) as [number, number, number, string[], number]
  const [code] = reply
  if (code === NEED_BASE) return { kind: 'needBase', held: String(reply[1]) }
  if (code === STALE_BASE) return { kind: 'staleBase', held: String(reply[1]) }
  if (code === STALE_PENDING) return { kind: 'stalePending', sequence: reply[1] }
  if (code === FULL) return { kind: 'full', sequence: reply[1] }
  if (code < 0) return { kind: REFUSALS[code]! }
  const { row, complete, base: stamps } = decodePending(write.facts, pairs(reply[3]))
  return {
    kind: 'accepted',
    sequence: code,
    opened: reply[1] === 1,
    sealed: reply[2] === 1,
    row,
    complete,
    base: stamps,
    stock: reply[4],
  }
}

function argumentsOf(write: Acceptance, base: AcceptBase | undefined): (string | number)[] {
  const { facts, update } = write
  const read = base && base.kind !== 'new' ? base : undefined
  return [
    write.operation,
    write.row,
    VERSION_LIFETIME_MS,
    createNonce(),
    base?.kind ?? 'none',
    read?.version ?? '',
    base?.wide ?? '',
    base?.epoch ?? '',
    write.bound ?? 0,
    write.claim ?? '',
    read?.held ?? '',
    ...texts(facts, base?.kind === 'row' ? base.values : {}),
    ...texts(facts, write.create ?? {}),
    ...texts(facts, update?.set ?? {}),
    ...deltas(update?.add ?? {}),
    ...computations(update?.compute ?? {}),
    ...items(facts, update?.push ?? {}),
  ]
}

/** A list of the script: how many groups, then the groups. */
function texts(facts: ModelFacts, values: Row): (string | number)[] {
  const named = facts.fields.filter((field) => field.name in values && field.type !== 'Unsupported')
  return [named.length, ...named.flatMap((field) => [field.name, encodeField(field, values[field.name])])]
}

function deltas(add: NonNullable<Acceptance['update']>['add']): (string | number)[] {
  const named = Object.entries(add)
  return [named.length, ...named.flatMap(([name, { delta, min, max }]) => [name, delta.toString(), ...range(min, max)])]
}

function computations(compute: NonNullable<NonNullable<Acceptance['update']>['compute']>): (string | number)[] {
  const named = Object.entries(compute)
  return [
    named.length,
    ...named.flatMap(([name, { how, operand, min, max }]) => [name, how, operand.toString(), ...range(min, max)]),
  ]
}

/** Beyond 53 bits the script could not compare exactly, and Redis itself refuses to leave 64. */
function range(min: bigint, max: bigint): [string, string] {
  return max > BigInt(Number.MAX_SAFE_INTEGER) ? ['', ''] : [min.toString(), max.toString()]
}

function items(facts: ModelFacts, push: Readonly<Record<string, readonly unknown[]>>): (string | number)[] {
  const named = facts.fields.filter((field) => field.name in push)
  return [named.length, ...named.flatMap((field) => [field.name, encodeField(field, push[field.name]).slice(1, -1)])]
}

function pairs(flat: readonly string[]): Map<string, string> {
  const map = new Map<string, string>()
  for (let i = 0; i < flat.length; i += 2) map.set(flat[i]!, flat[i + 1]!)
  return map
}
