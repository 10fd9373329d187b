import type { Redis } from 'ioredis'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Lane } from '../measure/race.js'

export interface Subjects {
  readonly plain: PrismaClient
  /** The same face with the extension on it. */
  readonly cached: PrismaClient
  readonly redis: Redis
  readonly rows: number
}

/** One row of the table: the first lane is what is measured, the others what it is compared with. */
export interface BenchCase {
  readonly name: string
  readonly width: number
  readonly lanes: (subjects: Subjects) => Promise<Record<string, Lane>>
}
