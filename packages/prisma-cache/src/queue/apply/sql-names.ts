import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Without a schema the connection's search path decides, as for any unqualified name. */
export function tableName(facts: ModelFacts, defaultSchema?: string): string {
  const schema = facts.dbSchema ?? defaultSchema
  return schema === undefined ? quoteName(facts.dbName) : `${quoteName(schema)}.${quoteName(facts.dbName)}`
}

export function columnOf(field: ScalarField): string {
  return quoteName(field.dbName)
}

/** Under which a statement's rows carry what is added to a column. */
export function deltaColumn(field: ScalarField): string {
  return `+${field.dbName}`
}
