import type { ModelIndex } from './model-index.js'
import type { TableName } from './raw-effects.js'

/** Which models' answers hang on which tables. */
export interface RawTables {
  /**
   * The models that show the rows of a table.
   *
   * @returns undefined when none does, or a view: the table may still be one through which rows of models change, as a
   * partition or a child of theirs, a view over them, or a parent that the schema leaves out and whose key cascades
   */
  modelsOf(table: TableName): readonly string[] | undefined
  /** These models and all that reference them, over any number of steps and whatever their foreign keys do on delete. */
  withReferencing(models: readonly string[]): readonly string[]
}

/** Where a table lies whose model names no schema. Another `search_path` is not seen; a name that leads elsewhere is unknown. */
const DEFAULT_SCHEMA = 'public'

export function createRawTables(index: ModelIndex): RawTables {
  const tables = new Map<string, { schema: string; models: string[]; isView: boolean }[]>()
  const add = (name: string, schema: string, models: string[], isView: boolean) => {
    const key = clipped(name)
    const same = tables.get(key)
    if (same) same.push({ schema, models, isView })
    else tables.set(key, [{ schema, models, isView }])
  }
  const schemaOf = (model: string) => index.get(model)?.facts.dbSchema ?? DEFAULT_SCHEMA
  for (const name of index.names) {
    const { dbName, isView } = index.get(name)!.facts
    add(dbName, schemaOf(name), [name], isView)
  }
  // Both are written by a change of a join table's rows. Which of the two schemas it lies in is not worth a wrong guess.
  for (const [name, models] of joinTables(index))
    for (const schema of new Set(models.map(schemaOf))) add(name, schema, models, false)
  const children = childrenOf(index)

  return {
    modelsOf({ schema, name }) {
      const same = tables.get(name) ?? []
      if (!same.some((table) => table.schema === (schema ?? DEFAULT_SCHEMA))) return undefined
      const meant = same.filter((table) => schema === undefined || table.schema === schema)
      return meant.some((table) => table.isView) ? undefined : meant.flatMap((table) => table.models)
    },
    withReferencing(models) {
      const reached = new Set(models)
      for (const model of reached) for (const child of children.get(model) ?? []) reached.add(child)
      return [...reached]
    },
  }
}

/** Implicit many-to-many relations: lists on both sides, over a table `_<relation>` that no model stands for. */
function joinTables(index: ModelIndex): Map<string, string[]> {
  const joins = new Map<string, string[]>()
  for (const name of index.names) {
    for (const { list, relationName, model: otherName } of index.get(name)!.facts.relations) {
      const others = index.get(otherName)?.facts.relations ?? []
      const sides = others.filter((side) => side.relationName === relationName && side.model === name)
      if (list && sides.every((side) => side.list)) {
        joins.set(`_${relationName}`, [...(joins.get(`_${relationName}`) ?? []), name])
      }
    }
  }
  return joins
}

function childrenOf(index: ModelIndex): Map<string, string[]> {
  const children = new Map<string, string[]>()
  for (const name of index.names) {
    for (const { from, model } of index.get(name)!.facts.relations) {
      if (from.length > 0) children.set(model, [...(children.get(model) ?? []), name])
    }
  }
  return children
}

/** Postgres keeps 63 bytes of a name, and no part of a character. */
function clipped(name: string): string {
  const bytes = Buffer.from(name)
  if (bytes.length <= 63) return name
  const kept = bytes.subarray(0, 63).toString()
  return kept.replace(/\uFFFD+$/, '')
}
