import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { PrismaPg } from '@prisma/adapter-pg'
import { createDatabase, diffFromEmpty, dropDatabase } from '@prisma-cache/servers'
import { prismaCache } from 'prisma-cache'
import type { Stage } from '../stage/stage.js'

const require = createRequire(import.meta.url)
const FOLDER = new URL('../../.tmp/', import.meta.url)

type FindUnique = (args: { where: { id: string } }) => Promise<unknown>

export interface ManyModels {
  /** Reads a row of the n-th model. */
  find(n: number, id: string): Promise<unknown>
  close(): Promise<void>
}

/** A schema of so many models, alike but in name, each cached and with a row `row-0`; its client is generated here. */
export async function clientOfModels(stage: Stage, count: number): Promise<ManyModels> {
  const folder = new URL(`models-${count}/`, FOLDER)
  const schema = new URL('schema.prisma', folder).pathname
  mkdirSync(folder, { recursive: true })
  writeFileSync(schema, schemaOf(count))
  generate(schema)
  const { PrismaClient } = await import(new URL('dist/prisma/client.js', folder).href)
  const { policies } = await import(new URL('dist/cache/index.js', folder).href)
  const name = `${stage.namespace}_models_${count}`
  const url = await createDatabase(stage.servers.databaseUrl, name)
  const plain = new PrismaClient({ adapter: new PrismaPg({ connectionString: url }) })
  const statements = (await diffFromEmpty(schema)).split(';').filter((statement) => statement.trim())
  await plain.$executeRawUnsafe(`DO $do$ BEGIN ${statements.join(';')}; END $do$`)
  const prisma = plain.$extends(prismaCache({ policies, redis: stage.servers.redisUrl, namespace: name }))
  const delegates = Array.from({ length: count }, (_, n) => prisma[`model${n}`] as { findUnique: FindUnique })
  for (let n = 0; n < count; n++) {
    await plain[`model${n}`].create({ data: { id: 'row-0', owner: 'somebody', balance: 1 } })
  }
  return {
    find: (n, id) => delegates[n % count]!.findUnique({ where: { id } }),
    async close() {
      await prisma.$disconnect()
      await dropDatabase(stage.servers.databaseUrl, name)
      rmSync(folder, { recursive: true })
    },
  }
}

/** In a ring of relations, so that what is computed of one model's neighbours is there to be computed. */
function schemaOf(count: number): string {
  const models = Array.from({ length: count }, (_, n) => {
    const [after, before] = [(n + 1) % count, (n + count - 1) % count]
    return `/// @cache.invalidate(ttl: 1h)
model Model${n} {
  id      String   @id
  owner   String
  balance Decimal
  hits    Int      @default(0)
  seenAt  DateTime @default(now())
  nextId  String?
  next    Model${after}? @relation("ring${n}", fields: [nextId], references: [id])
  back    Model${before}[] @relation("ring${before}")
}`
  })
  const generator = require
    .resolve('prisma-cache/package.json')
    .replace('package.json', 'bin/prisma-cache-generator.js')
  return `generator client {
  provider = "prisma-client"
  output   = "src/prisma"
}
generator cache {
  provider = "node ${generator}"
  output   = "src/cache"
}
datasource db {
  provider = "postgresql"
}
${models.join('\n')}
`
}

function generate(schema: string): void {
  const folder = schema.replace(/schema\.prisma$/, '')
  // Generating needs no native engine, and yet the command downloads one unless it is given a file that exists.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' }
  run([require.resolve('prisma/build/index.js'), 'generate', '--no-hints', '--schema', schema], folder, env)
  writeFileSync(
    `${folder}tsconfig.json`,
    JSON.stringify({
      compilerOptions: {
        target: 'ES2022',
        module: 'NodeNext',
        skipLibCheck: true,
        noCheck: true,
        rootDir: 'src',
        outDir: 'dist',
      },
      include: ['src'],
    }),
  )
  const tsc = require.resolve('typescript/package.json').replace('package.json', 'bin/tsc')
  run([tsc, '-p', folder], folder, process.env)
}

function run(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): void {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args[0]} failed: ${stderr || stdout}`)
}
