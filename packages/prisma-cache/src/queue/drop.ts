import type { ModelFacts } from '@prisma-cache/policy-dsl'
import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import { rowEntryAround } from '../protocol/entry.js'
import { encodeField } from '../protocol/field-codec.js'
import type { Keys } from '../protocol/keys.js'
import { createRowCodec, type Row } from '../protocol/row-codec.js'
import { runCommand } from '../protocol/run-command.js'
import { createNonce, VERSION_LIFETIME_MS } from '../protocol/version.js'
import type { Applied } from './apply/apply-batch.js'
import { readableFields } from './apply/returned-row.js'
import type { SealedBatch } from './seal.js'

/** What stood in Redis before the transaction began: what is put after it is stamped with this. */
export interface DropStamps {
  readonly epoch: string
  readonly wideVersion: string
  /** By row id. */
  readonly rowVersions: ReadonlyMap<string, string>
  /** False while a new epoch's quarantine holds. */
  readonly mayPut: boolean
}

export interface DropOptions {
  readonly redis: Redis | Cluster
  readonly keys: Keys
  /** Of what may be kept of a row. */
  readonly facts: ModelFacts
  /** Milliseconds that Redis keeps a put row. */
  readonly lifeMs: number
  /** The entry of a row, given what Postgres has; undefined when none may be put. */
  entryOf(row: string, values: Row): string | undefined
}

/** Rows that one script lets go of: Redis answers nobody else meanwhile. */
const CHUNK = 200

/**
 * Lets go of an applied batch.
 *
 * @returns how many rows this call has dropped: 0 when another worker has done it
 */
export async function dropBatch(
  batch: SealedBatch,
  applied: Applied,
  stamps: DropStamps,
  options: DropOptions,
): Promise<number> {
  const { redis, keys, facts } = options
  const { sealed, rejected, flushed } = keys.shard(batch.model, batch.shard)
  const encode = createRowEncoder(facts)
  const refusals = new Map(applied.rejected.map((change) => [change.row, JSON.stringify(change)]))
  const { before } = rowEntryAround(stamps.epoch, stamps.wideVersion, options.lifeMs, '')
  const head = [
    batch.name.epoch,
    batch.name.number,
    createNonce(),
    VERSION_LIFETIME_MS,
    options.lifeMs,
    stamps.wideVersion,
    stamps.epoch,
    stamps.mayPut ? before : '',
    JSON.stringify(encode.names),
  ]
  let dropped = 0
  for (let i = 0; i < batch.rows.length; i += CHUNK) {
    const touched: string[] = [sealed, rejected, flushed]
    const args: (string | number)[] = [...head]
    for (const { row } of batch.rows.slice(i, i + CHUNK)) {
      const value = applied.rows.get(row) ?? null
      const refusal = refusals.get(row) ?? ''
      const tag = keys.tag({ kind: 'row', model: batch.model, row })
      const entry = value ? options.entryOf(row, value) : undefined
      const body =
        value && entry !== undefined && refusal === ''
          ? rowEntryAround(stamps.epoch, stamps.wideVersion, options.lifeMs, encode.body(value)).after
          : ''
      touched.push(keys.pendingRow(batch.model, row), keys.openChange(batch.model, row), tag.version, tag.fence)
      touched.push(entry ?? keys.rowEntry(batch.model, row, facts.shapeHash))
      args.push(row, stamps.rowVersions.get(row) ?? '', body, value ? encode.texts(value) : '', refusal)
    }
    const reply = (await runCommand(redis, commands.drop, touched, args)) as number
    if (reply < 0) break
    dropped += reply
  }
  return dropped
}

function createRowEncoder(facts: ModelFacts) {
  const fields = readableFields(facts)
  const codec = createRowCodec(fields)
  return {
    names: fields.map((field) => field.name),
    body: (row: Row) => codec.encode(row),
    texts: (row: Row) => JSON.stringify(fields.map((field) => encodeField(field, row[field.name]))),
  }
}
