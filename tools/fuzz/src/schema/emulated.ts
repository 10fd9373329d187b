import { fileURLToPath } from 'node:url'
import { policies } from '../generated/emulated/cache/index.js'
import { PrismaClient } from '../generated/emulated/prisma/client.js'
import { MACHINERY, type Subject } from './subject.js'

/** `relationMode = "prisma"`: referential actions without foreign keys. */
export const emulated: Subject = {
  name: 'emulated',
  PrismaClient,
  policies,
  schemaPath: fileURLToPath(new URL('../../prisma/emulated/schema.prisma', import.meta.url)),
  exclude: MACHINERY,
}
