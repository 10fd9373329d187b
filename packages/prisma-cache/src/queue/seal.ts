import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import type { Keys } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'
import type { SealedChange } from './change.js'

/** One row of a batch. */
export interface SealedRow {
  readonly row: string
  readonly change: SealedChange
}

/** Names of batches compare by epoch, then number. */
export interface BatchName {
  readonly epoch: number
  readonly number: number
}

export interface SealedBatch {
  readonly model: string
  readonly shard: number
  readonly name: BatchName
  /** In the order of their first acceptance. */
  readonly rows: readonly SealedRow[]
}

export type Seal =
  | { readonly kind: 'sealed' | 'found'; readonly batch: SealedBatch }
  | { readonly kind: 'nothing' }
  /** The shard was sealed under a later epoch than the one given. */
  | { readonly kind: 'stale'; readonly epoch: number }

/** Rows that one batch may hold: a script takes three arguments a row, all on the stack. */
const MOST_ROWS = 5000

/**
 * Seals up to `maxBatch` dirty rows of a shard, or finds the batch that was sealed and not dropped.
 *
 * @param sameServer throws when the connection has been another one since `queueEpoch` was compared with the server: a
 *   server that forgot would number under the old epoch what the ledger then takes for applied
 */
export async function sealBatch(
  redis: Redis | Cluster,
  keys: Keys,
  at: { readonly model: string; readonly shard: number },
  queueEpoch: number,
  maxBatch: number,
  sameServer: () => void,
): Promise<Seal> {
  const { dirty, sealed, batch } = keys.shard(at.model, at.shard)
  const rows = await redis.zrange(dirty, '0', String(Math.min(maxBatch, MOST_ROWS) - 1))
  const open = rows.map((row) => keys.openChange(at.model, row))
  sameServer()
  const reply = (await runCommand(redis, commands.seal, [dirty, sealed, batch, ...open], [queueEpoch, ...rows])) as
    | ['sealed' | 'found', string[]]
    | ['nothing']
    | ['stale', string]
  switch (reply[0]) {
    case 'nothing':
      return { kind: 'nothing' }
    case 'stale':
      return { kind: 'stale', epoch: Number(reply[1]) }
    default:
      return { kind: reply[0], batch: { ...at, ...readSealed(reply[1]) } }
  }
}

const HEADER = new Set(['#epoch', '#number', '#at', '#first', '#since', '#seen'])

function readSealed(flat: readonly string[]): Pick<SealedBatch, 'name' | 'rows'> {
  const header = new Map<string, string>()
  const rows: SealedRow[] = []
  for (let i = 0; i < flat.length; i += 2) {
    const field = flat[i]!
    if (HEADER.has(field)) header.set(field, flat[i + 1]!)
    else rows.push({ row: rowOfField(field), change: JSON.parse(flat[i + 1]!) as SealedChange })
  }
  rows.sort((a, b) => a.change.first - b.change.first)
  return { name: { epoch: Number(header.get('#epoch')), number: Number(header.get('#number')) }, rows }
}

/** As in `lua/include/sealed-field.lua`. */
function rowOfField(field: string): string {
  return field.startsWith('#row:') && HEADER.has(field.slice(5)) ? field.slice(5) : field
}
