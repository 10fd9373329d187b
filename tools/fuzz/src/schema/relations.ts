import { fileURLToPath } from 'node:url'
import { policies } from '../generated/cache/index.js'
import { PrismaClient } from '../generated/prisma/client.js'
import { MACHINERY, type Subject } from './subject.js'

/** Relations of every kind, between write-behind models too. */
export const relations: Subject = {
  name: 'relations',
  PrismaClient,
  policies,
  schemaPath: fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url)),
  exclude: MACHINERY,
}
