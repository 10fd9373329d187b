import type { PolicySet } from 'prisma-cache'

/** What is run against: a schema with its generated client and policies. Another schema is another subject. */
export interface Subject {
  readonly name: string
  readonly PrismaClient: new (options: never) => object
  readonly policies: PolicySet
  readonly schemaPath: string
  /** Models that belong to the machinery. */
  readonly exclude: readonly string[]
}
