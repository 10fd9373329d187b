import { PrismaCacheError } from '../errors/cache-error.js'
import { messageOf } from '../errors/message-of.js'
import { pgErrorOf } from '../queue/apply/pg-error.js'
import type { Road } from '../queue/apply/road.js'
import { LEDGER_TABLE } from '../queue/ledger.js'

const MODEL = `model PrismaCacheLedger {
  shard     String   @id
  epoch     BigInt
  batch     BigInt
  rejected  Json?
  updatedAt DateTime @default(now()) @updatedAt @map("updated_at") @db.Timestamptz(3)

  @@map("${LEDGER_TABLE}")
}`

/** @throws PrismaCacheError PC1304 without the ledger, PC1305 when Postgres does not answer */
export async function checkDatabase(road: Pick<Road, 'check'>): Promise<void> {
  try {
    await road.check()
  } catch (cause) {
    const said = pgErrorOf(cause)
    if ((cause as { code?: unknown }).code === 'P2021') throw missingLedger(messageOf(cause) ?? '', cause)
    if (said?.sqlState === '42P01' || said?.sqlState === '42703') throw missingLedger(said.message, cause)
    throw new PrismaCacheError(
      'PC1305',
      `the flush worker cannot ask Postgres (${said?.message ?? messageOf(cause) ?? 'no answer'}). It applies what was accepted, so it does not start without it: check the URL of the Prisma client given as \`prisma\`, and that the server answers.`,
      { cause },
    )
  }
}

function missingLedger(message: string, cause: unknown): PrismaCacheError {
  return new PrismaCacheError(
    'PC1304',
    `the table ${LEDGER_TABLE} is missing or is not the one that the flush worker needs (${message}). It says which batches are applied, without which none may be. Run the migration that makes it (npx prisma migrate deploy); if there is none yet, add this model to the Prisma schema and make one (npx prisma migrate dev --name prisma-cache-ledger):\n\n${MODEL}\n`,
    { cause },
  )
}
