import type { SchemaFile } from '../../src/index.js'

export interface LargeSchema {
  readonly files: readonly SchemaFile[]
  readonly models: readonly string[]
  readonly views: readonly string[]
}

/**
 * A schema of the size and variety of large applications: several files and Postgres schemas, hundreds of models with
 * relations of every kind, compound keys, enums, native types, views, ignored parts, and comments as people write them.
 * `policyOf` gives what stands above a model or view.
 */
export function largeSchema(
  count: number,
  policyOf: (name: string) => string | undefined = () => undefined,
): LargeSchema {
  const models = Array.from({ length: count }, (_, i) => `Entity${i}`)
  const views = ['Ranking', 'Totals', 'Daily']
  const above = (name: string) => {
    const policy = policyOf(name)
    return policy === undefined ? '' : `/// ${policy}\n`
  }
  const texts = models.map((name, i) => modelText(name, i, count, above(name)))
  const perFile = 40
  const files = Array.from({ length: Math.ceil(count / perFile) }, (_, i) => ({
    path: `prisma/schema/area-${i}.prisma`,
    // Some people work on Windows.
    text: lineBreaks(texts.slice(i * perFile, (i + 1) * perFile).join('\n'), i % 3 === 1 ? '\r\n' : '\n'),
  }))
  const viewTexts = views.map(
    (name) =>
      `${above(name)}view ${name} {\n  entityId Int @unique\n  total BigInt\n  rank Int?\n\n  @@map("${name.toLowerCase()}_v")\n  @@schema("reporting")\n}\n`,
  )
  return {
    files: [
      { path: 'prisma/schema/main.prisma', text: head },
      ...files,
      { path: 'prisma/schema/views.prisma', text: viewTexts.join('\n') },
    ],
    models,
    views,
  }
}

const head = `generator client {
  provider        = "prisma-client"
  output          = "../generated/prisma"
  previewFeatures = ["views", "postgresqlExtensions", "fullTextSearchPostgres"]
}

datasource db {
  provider   = "postgresql"
  schemas    = ["public", "billing", "reporting"]
  extensions = [pgcrypto, citext]
}

// @@map is used everywhere { even in comments }
enum Status {
  /// The first one.
  ACTIVE   @map("active")
  PAUSED   @map("on hold")
  ARCHIVED // no longer used

  @@map("status")
  @@schema("public")
}

enum Currency {
  EUR
  USD

  @@schema("billing")
}

/* An old table, kept
   model Nothing { for the record } */
model Legacy {
  code String
  data Unsupported("tsvector")?

  @@ignore
  @@schema("public")
}
`

function modelText(name: string, i: number, count: number, above: string): string {
  const next = `Entity${(i + 1) % count}`
  const before = `Entity${(i + count - 1) % count}`
  const peer = i % 2 === 0 ? i + 1 : i - 1
  const kind = i % 4
  const required = i % 3 === 0
  const action = ['Cascade', 'SetNull', 'Restrict', 'NoAction'][kind]!
  // A required column cannot be set to null.
  const onDelete = required && action === 'SetNull' ? 'Restrict' : action
  return `/// ${name}: what is kept about the ${i}th thing (see https://example.com/{${i}}).
${above}model ${name} {
  ${ids[kind]}
  name      String   @db.VarChar(${50 + i}) /// shown "as is" // to users
  slug      String   @unique(map: "${name}_slug")
  mail      String?  @db.Citext
  status    Status   @default(ACTIVE)
  currency  Currency[]
  price     Decimal  @default(0.10) @db.Decimal(18, 8)
  ratio     Float?   @db.Real
  big       BigInt   @default(9007199254740993)
  flags     Boolean[] @default([true, false])
  data      Json     @default("{\\"a\\": \\"/// @cache.none\\"}") @db.JsonB
  bytes     Bytes?
  day       DateTime @db.Date
  at        DateTime @default(now()) @map("created_at") @db.Timestamptz(6)
  updatedAt DateTime @updatedAt @map("updated_at")
  seq       Int      @default(autoincrement())
  token     String   @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  address   String?  @db.Inet
  place     Unsupported("point")?
  hidden    String?  @ignore

  nextKey Int${required ? '' : '?'} @map("next_key")
  next    ${next}${required ? '' : '?'} @relation("chain", fields: [nextKey], references: [key], onDelete: ${onDelete}, onUpdate: Cascade)
  befores ${before}[] @relation("chain")

  parentKey Int?
  parent    ${name}?  @relation("tree", fields: [parentKey], references: [key], onDelete: NoAction, onUpdate: NoAction)
  children  ${name}[] @relation("tree")

  ${kind < 2 ? manyToMany(name, `Entity${peer}`, Math.min(i, peer)) : ''}

  @@unique([slug, status], name: "slug_in_status")
  @@unique([at, seq])
  @@index([nextKey, status(sort: Desc)])
  @@index([data], type: Gin)
  @@index([name(ops: raw("text_pattern_ops"))])
  @@map("entity_${i}")
  @@schema("${i % 5 === 0 ? 'billing' : 'public'}")
}
`
}

/** Prisma has it only between models of one key field. */
const manyToMany = (name: string, peer: string, pair: number) => `likes   ${name}[] @relation("likes")
  likedBy ${name}[] @relation("likes")
  peers   ${peer}[] @relation("peers${pair}")`

const ids = [
  'key       Int      @id @default(autoincrement())',
  'id        String   @id @default(uuid(7)) @db.Uuid\n  key       Int      @unique',
  'id        String   @default(cuid())\n  region    Int\n  key       Int      @unique\n\n  @@id([id, region])',
  'a         BigInt\n  b         String\n  key       Int      @unique\n\n  @@id([a, b], name: "both")',
]

const lineBreaks = (text: string, end: string) => text.replaceAll('\n', end)
