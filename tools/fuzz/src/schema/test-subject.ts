import { fileURLToPath } from 'node:url'
import type { Subject } from './subject.js'

/** From the compiled file. */
const SCHEMA = '../../../../packages/prisma-cache/test/prisma/schema.prisma'
const CLIENT = '../client/'

/** The schema of the integration tests, whose generated client is compiled beside this package. */
export async function testSubject(): Promise<Subject> {
  const load = (file: string) =>
    import(new URL(CLIENT + file, import.meta.url).href) as Promise<Record<string, unknown>>
  const [client, cache] = await Promise.all([load('prisma/client.js'), load('cache/index.js')])
  return {
    PrismaClient: client.PrismaClient as Subject['PrismaClient'],
    policies: cache.policies as Subject['policies'],
    schemaPath: fileURLToPath(new URL(SCHEMA, import.meta.url)),
    exclude: ['PrismaCacheLedger'],
  }
}
