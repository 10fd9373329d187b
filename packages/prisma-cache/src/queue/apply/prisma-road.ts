import { DbNull } from '@prisma/client/runtime/client'
import type { PolicySet } from '@prisma-cache/policy-dsl'
import type { Row } from '../../protocol/row-codec.js'
import type { RejectedChange } from '../change.js'
import type { Claim } from '../ledger.js'
import type { BatchName, SealedBatch, SealedRow } from '../seal.js'
import { type Applied, type Batching, rejectedChange } from './apply-batch.js'
import { refusalOf } from './prisma-error.js'
import { createPrismaRows, tableOf } from './prisma-rows.js'
import type { Road } from './road.js'
import type { Refused } from './write-rows.js'

const LEDGER = 'PrismaCacheLedger'
const EPOCH_ROW = '#epoch'

export interface PrismaTransactions {
  $transaction<T>(
    work: (tx: object) => Promise<T>,
    options?: { readonly maxWait?: number; readonly timeout?: number },
  ): Promise<T>
}

/**
 * The road to a database by calls of Prisma alone, the ledger included: no SQL, one call a row. A row that is refused ends
 * its transaction, so the batch begins anew without it: a refusal costs as much as the batch.
 */
export function createPrismaRoad(prisma: PrismaTransactions & object, policies: PolicySet): Road {
  return {
    async check() {
      await tableOf(prisma, LEDGER).findFirst({})
    },
    async drawEpoch() {
      const row = await tableOf(prisma, LEDGER).upsert({
        where: { shard: EPOCH_ROW },
        create: { shard: EPOCH_ROW, epoch: 0, batch: 1 },
        update: { batch: { increment: 1 } },
      })
      return Number(row.batch)
    },
    async hasApplied(namespace) {
      return (await tableOf(prisma, LEDGER).findFirst({ where: { shard: { startsWith: `${namespace}:` } } })) !== null
    },
    apply: (batch, options) => apply(prisma, policies, batch, options),
  }
}

class RowRefused extends Error {
  constructor(
    readonly sealed: SealedRow,
    /** Rows that were written before it. */
    readonly after: number,
    cause: unknown,
  ) {
    super('a row was refused', { cause })
  }
}

async function apply(
  prisma: PrismaTransactions,
  policies: PolicySet,
  batch: SealedBatch,
  options: Batching,
): Promise<Applied> {
  const rows = createPrismaRows(policies.models[batch.model]!.facts)
  const timing = { maxWait: options.timeoutMs, timeout: options.timeoutMs }
  const refused: Refused[] = []
  const failedAfter = new Map<string, number>()
  let open = [...batch.rows]

  async function attempt(tx: object): Promise<Applied> {
    const claim = await claimBatch(tx, options.ledgerShard, batch.name, options.queueEpoch)
    if (claim.kind === 'taken') return { now: false, rows: await rows.read(tx, batch.rows), rejected: claim.rejected }
    const written = new Map<string, Row | null>()
    for (const [i, sealed] of open.entries()) {
      const row = await rows.write(tx, sealed).catch((cause: unknown) => {
        throw new RowRefused(sealed, i, cause)
      })
      written.set(sealed.row, row)
    }
    if (refused.length === 0) return { now: true, rows: written, rejected: [] }
    await options.beforeReject?.(refused)
    const rejected = refused.map((one) => rejectedChange(batch.model, one, options.quotesRows ?? true))
    await tableOf(tx, LEDGER).update({ where: { shard: options.ledgerShard }, data: { rejected } })
    const standing = await rows.read(
      tx,
      refused.map(({ row }) => row),
    )
    return { now: true, rows: new Map([...written, ...standing]), rejected }
  }

  for (;;) {
    try {
      return await prisma.$transaction(attempt, timing)
    } catch (error) {
      if (!(error instanceof RowRefused)) throw error
      const said = refusalOf(error.cause)
      if (!said) throw error.cause
      // It may need another one of the batch: last of all, and refused when nothing new was written before it.
      const { sealed, after } = error
      const others = open.filter((one) => one !== sealed)
      if (after === others.length || failedAfter.get(sealed.row) === after) {
        refused.push({ row: sealed, ...said })
        failedAfter.clear()
        open = others
      } else {
        failedAfter.set(sealed.row, after)
        open = [...others, sealed]
      }
    }
  }
}

/** As `claimBatch` of the SQL road. Where the shard has no row yet two workers may meet: one of them tries again. */
async function claimBatch(tx: object, shard: string, name: BatchName, queueEpoch: number): Promise<Claim> {
  const ledger = tableOf(tx, LEDGER)
  const epoch = BigInt(name.epoch)
  const batch = BigInt(name.number)
  const { count } = await ledger.updateMany({
    where: { shard, OR: [{ epoch: { lt: epoch } }, { epoch, batch: { lt: batch } }] },
    data: { epoch, batch, rejected: DbNull },
  })
  if (count === 1) return { kind: 'mine' }
  const row = await ledger.findUnique({ where: { shard } })
  if (!row) {
    await ledger.create({ data: { shard, epoch, batch } })
    return { kind: 'mine' }
  }
  if (Number(row.epoch) > queueEpoch) {
    throw new Error(
      `the ledger row of ${shard} is at queue epoch ${row.epoch}, past this Redis' ${queueEpoch}: another Redis with the same namespace writes to this database, or this one is no longer the master`,
    )
  }
  const same = row.epoch === epoch && row.batch === batch
  return { kind: 'taken', rejected: same && row.rejected ? (row.rejected as RejectedChange[]) : [] }
}
