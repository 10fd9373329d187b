import { createHash } from 'node:crypto'
import type { ModelFacts, ModelPolicy, ScalarField } from '@prisma-cache/policy-dsl'
import { ROWS } from '../protocol/tag.js'

/**
 * Names a column in tags, by its name in the database: two schemas that call it differently mean the same one.
 */
export function columnToken({ dbName }: ScalarField): string {
  const name = /^\w{1,40}$/.test(dbName) ? dbName : createHash('sha256').update(dbName).digest('base64url')
  return `${ROWS}${name}`
}

/** May answers of the model be kept by the columns that they read? Where its lists may be narrowed, and it asks for it. */
export function narrowsByColumn({ isView }: ModelFacts, policy: ModelPolicy, scope: readonly string[]): boolean {
  if (policy.strategy === 'none' || policy.strategy === 'writeBehind' || policy.columns !== 'read') return false
  // Of a scoped model the database may hide rows by columns that no question mentions.
  return policy.consistency !== 'strong' && policy.dependsOn.length === 0 && !isView && scope.length === 0
}
