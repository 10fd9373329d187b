import { fileURLToPath } from 'node:url'
import { policies } from '../generated/tree/cache/index.js'
import { PrismaClient } from '../generated/tree/prisma/client.js'
import { MACHINERY, type Subject } from './subject.js'

/** Mapped names, compound keys that share a column, trees, cascades of several levels, a version field. */
export const tree: Subject = {
  name: 'tree',
  PrismaClient,
  policies,
  schemaPath: fileURLToPath(new URL('../../prisma/tree/schema.prisma', import.meta.url)),
  exclude: MACHINERY,
  joins: true,
}
