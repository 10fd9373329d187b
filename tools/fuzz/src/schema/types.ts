import { fileURLToPath } from 'node:url'
import { policies } from '../generated/types/cache/index.js'
import { PrismaClient } from '../generated/types/prisma/client.js'
import { MACHINERY, type Subject } from './subject.js'

/** Every scalar and native type, and keys of each. */
export const types: Subject = {
  name: 'types',
  PrismaClient,
  policies,
  schemaPath: fileURLToPath(new URL('../../prisma/types/schema.prisma', import.meta.url)),
  exclude: MACHINERY,
}
