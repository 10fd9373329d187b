import { fileURLToPath } from 'node:url'
import { createDatabase, dropDatabase, migrate } from '@prisma-cache/servers'
import type { DemoFlags } from '../config/flags.js'
import { seed } from './seed.js'

export interface DemoDatabases {
  readonly plain: string
  readonly policies: string
  drop(): Promise<void>
}

const PRISMA = new URL('../../../../prisma/', import.meta.url)

/** Two databases with the same rows, made and dropped by the demo: neither run finds what the other left. */
export async function makeDatabases(serverUrl: string, id: string, flags: DemoFlags): Promise<DemoDatabases> {
  const names = [`banking_${id}_plain`, `banking_${id}_policies`] as const
  const drop = async () => {
    for (const name of names) await dropDatabase(serverUrl, name)
  }
  try {
    const plain = await createDatabase(serverUrl, names[0])
    await migrate({
      databaseUrl: plain,
      schemaPath: fileURLToPath(new URL('schema.prisma', PRISMA)),
      migrationsDir: fileURLToPath(new URL('migrations', PRISMA)),
    })
    await seed(plain, flags.customers, flags.seed)
    const policies = await createDatabase(serverUrl, names[1], { template: names[0] })
    return { plain, policies, drop }
  } catch (error) {
    await drop().catch(() => {})
    throw error
  }
}
