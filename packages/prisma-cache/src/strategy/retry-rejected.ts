import type { ModelEntry, PolicySet } from '@prisma-cache/policy-dsl'
import { integerRange } from '../planner/number-operations.js'
import { decodeField } from '../protocol/field-codec.js'
import { shardOf } from '../protocol/keys.js'
import type { Row } from '../protocol/row-codec.js'
import { type Acceptance, type AcceptBase, accept } from '../queue/accept.js'
import { createModelSql } from '../queue/apply/model-sql.js'
import type { RejectedChange } from '../queue/change.js'
import type { RawQueries } from '../queue/ledger.js'
import type { RejectedRecord } from '../queue/rejected.js'
import { ensureVersions } from '../store/ensure-versions.js'
import type { Link } from '../store/link.js'
import { readAll } from '../store/read-all.js'

export type Retried =
  | { readonly kind: 'accepted'; readonly shard: number; readonly sequence: number }
  | { readonly kind: 'refused'; readonly reason: string }

export interface RetryParts {
  readonly link: Link
  readonly database: RawQueries
  readonly entry: ModelEntry
  readonly enums: PolicySet['enums']
  /** Postgres schema of models that name none. */
  readonly schema?: string
  /** Also where the row was written since. */
  readonly force: boolean
}

/** Writers past the queue can make a base stale again and again. */
const ATTEMPTS = 6

/** Accepts a rejected change once more, on top of what Postgres has now. */
export async function retryRejected(record: RejectedRecord, parts: RetryParts): Promise<Retried> {
  const { link, entry, force } = parts
  const { change } = record
  if (change.superseded && !force) return refused('a later write of the row was applied')
  const made = acceptanceOf(entry, record)
  if (made === undefined) {
    return refused('it sets a field that the schema does not have, or not as it was')
  }
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const base = await readBase(change, parts)
    if (base.version !== (change.version ?? base.version) && !force) {
      return refused('the row may have been written since: its version is another one')
    }
    const reply = await accept(link.redis, link.keys, made, base)
    switch (reply.kind) {
      case 'accepted':
        return { kind: 'accepted', shard: shardOf(change.row), sequence: reply.sequence }
      case 'staleBase':
      case 'stalePending':
        continue
      case 'newer':
        return refused('a newer change of the row is pending')
      case 'fenced':
        return refused('somebody is writing the row past the queue')
      case 'unclaimed':
        return refused('somebody else has retried or dropped it, or a later change of the row was rejected')
      case 'exists':
        return refused('it creates a row that exists by now')
      case 'missing':
        return refused('the row that it changes does not exist')
      case 'overflow':
        return refused('an integer would leave the range of its column')
      default:
        throw new Error(`a change with its base is not answered with ${reply.kind}`)
    }
  }
  return refused('the row is being written all the time')
}

const refused = (reason: string): Retried => ({ kind: 'refused', reason })

const OPERATIONS = { C: 'create', R: 'replace', U: 'update', D: 'delete' } as const

function acceptanceOf({ facts }: ModelEntry, { change, text }: RejectedRecord): Acceptance | undefined {
  const fields = new Map(facts.fields.map((field) => [field.name, field]))
  const set: Row = {}
  for (const [name, value] of Object.entries(change.set)) {
    const field = fields.get(name)
    if (!field) return undefined
    set[name] = decodeField(field, value)
  }
  const add: Record<string, { delta: bigint; min: bigint; max: bigint }> = {}
  for (const [name, digits] of Object.entries(change.add)) {
    const field = fields.get(name)
    const range = field && integerRange(field)
    if (!range) return undefined
    add[name] = { delta: BigInt(digits), ...range }
  }
  const operation = OPERATIONS[change.kind]
  const base = { operation, facts, row: change.row, claim: text }
  if (operation === 'delete') return base
  return operation === 'update' ? { ...base, update: { set, add, push: {} } } : { ...base, create: set }
}

/** What Postgres has of the row, and what stood before it was read. */
async function readBase(change: RejectedChange, parts: RetryParts): Promise<Exclude<AcceptBase, { kind: 'new' }>> {
  const { link, database, entry, enums } = parts
  const { model, row } = change
  const found = await readAll(link, [
    link.keys.tag({ kind: 'row', model, row }).version,
    link.keys.tag({ kind: 'wide', model }).version,
    link.keys.epoch,
    link.keys.shard(model, shardOf(row)).hold,
  ])
  const [version, wide] = await ensureVersions(
    link,
    [
      { kind: 'row', model, row },
      { kind: 'wide', model },
    ],
    found.slice(0, 2),
  )
  const held = found[3]?.split(';')[0] ?? '0'
  const stamps = { version: version!, wide: wide!, epoch: found[2] ?? '', held }
  const sql = createModelSql(entry.facts, enums, parts.schema)
  const rows = await database.$queryRawUnsafe<{ r: string }[]>(sql.select, sql.json([{ row, change }], true))
  return rows[0] ? { kind: 'row', values: sql.read(rows[0].r), ...stamps } : { kind: 'absent', ...stamps }
}
