import type { PolicySet } from 'prisma-cache'

export const SUBJECT_NAMES = ['strategies', 'relations', 'types', 'tree', 'emulated'] as const
export type SubjectName = (typeof SUBJECT_NAMES)[number]

/** Models of the machinery in every schema. */
export const MACHINERY: readonly string[] = ['PrismaCacheLedger']

/** What is run against: a schema with its generated client and policies. Another schema is another subject. */
export interface Subject {
  readonly name: SubjectName
  readonly PrismaClient: new (options: never) => object
  readonly policies: PolicySet
  readonly schemaPath: string
  /** Of the preview feature `relationJoins`. */
  readonly joins?: boolean
  /** Models that belong to the machinery. */
  readonly exclude: readonly string[]
}
