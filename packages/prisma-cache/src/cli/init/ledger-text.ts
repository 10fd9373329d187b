/** The model that the flush worker asks for; `dbSchema` where the datasource names its Postgres schemas. */
export function ledgerText(dbSchema?: string): readonly string[] {
  return [
    '/// Which flush batch of each shard has been applied; written by the flush worker.',
    'model PrismaCacheLedger {',
    '  shard     String   @id',
    '  epoch     BigInt',
    '  batch     BigInt',
    '  rejected  Json?',
    '  updatedAt DateTime @default(now()) @updatedAt @map("updated_at") @db.Timestamptz(3)',
    '',
    '  @@map("_prisma_cache_ledger")',
    ...(dbSchema === undefined ? [] : [`  @@schema("${dbSchema}")`]),
    '}',
  ]
}
