import { fileURLToPath } from 'node:url'
import { emulated } from './emulated.js'
import { relations } from './relations.js'
import { MACHINERY, type Subject, type SubjectName } from './subject.js'
import { tree } from './tree.js'
import { types } from './types.js'

const OWN = { relations, types, tree, emulated }

export const subjectOf = async (name: SubjectName): Promise<Subject> =>
  name === 'strategies' ? await strategies() : OWN[name]

/** The schema of the integration tests: every strategy and scalar type. Its generated client is compiled into dist. */
async function strategies(): Promise<Subject> {
  const load = (file: string) => import(new URL(`../client/${file}`, import.meta.url).href)
  const [client, cache] = (await Promise.all([load('prisma/client.js'), load('cache/index.js')])) as Pick<
    Subject,
    'PrismaClient' | 'policies'
  >[]
  return {
    name: 'strategies',
    PrismaClient: client!.PrismaClient,
    policies: cache!.policies,
    schemaPath: fileURLToPath(new URL('../../../../packages/prisma-cache/test/prisma/schema.prisma', import.meta.url)),
    exclude: MACHINERY,
  }
}
