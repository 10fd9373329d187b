/** The 17 model operations of Prisma 7, by what they do. */
const OPERATIONS = {
  findUnique: 'read',
  findUniqueOrThrow: 'read',
  findFirst: 'read',
  findFirstOrThrow: 'read',
  findMany: 'read',
  count: 'read',
  aggregate: 'read',
  groupBy: 'read',
  create: 'write',
  update: 'write',
  upsert: 'write',
  delete: 'write',
  createMany: 'write',
  createManyAndReturn: 'write',
  updateMany: 'write',
  updateManyAndReturn: 'write',
  deleteMany: 'write',
} as const

export type ModelOperation = keyof typeof OPERATIONS

/** An operation that a later Prisma may bring counts as a write that could touch anything. */
export function classify(operation: string): 'read' | 'write' | 'unknown' {
  return Object.hasOwn(OPERATIONS, operation) ? OPERATIONS[operation as ModelOperation] : 'unknown'
}
