import { fileURLToPath } from 'node:url'
import { policies } from '../generated/cache/index.js'
import { PrismaClient } from '../generated/prisma/client.js'
import type { Subject } from './subject.js'

/** Models of the machinery in every schema. */
const EXCLUDE = ['PrismaCacheLedger']

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url))

/** Relations of every kind, between write-behind models too. */
export const relations: Subject = {
  name: 'relations',
  PrismaClient,
  policies,
  schemaPath: pathOf('prisma/schema.prisma'),
  exclude: EXCLUDE,
}

/** The schema of the integration tests: every strategy and scalar type. Its generated client is compiled into dist. */
export async function strategies(): Promise<Subject> {
  const load = (file: string) => import(new URL(`../client/${file}`, import.meta.url).href)
  const [client, cache] = (await Promise.all([load('prisma/client.js'), load('cache/index.js')])) as Pick<
    Subject,
    'PrismaClient' | 'policies'
  >[]
  return {
    name: 'strategies',
    PrismaClient: client!.PrismaClient,
    policies: cache!.policies,
    schemaPath: pathOf('../../packages/prisma-cache/test/prisma/schema.prisma'),
    exclude: EXCLUDE,
  }
}

export const SUBJECT_NAMES = ['strategies', 'relations'] as const
export type SubjectName = (typeof SUBJECT_NAMES)[number]

export const subjectOf = async (name: SubjectName): Promise<Subject> =>
  name === 'relations' ? relations : await strategies()
