import type { ModelIndex } from './model-index.js'
import { effectsOf } from './raw-effects.js'
import { parseSql } from './raw-parser.js'
import { createRawTables, type RawTables } from './raw-tables.js'

/** What raw SQL may do to the rows of models. Cascades of foreign keys are not followed here, but for TRUNCATE's own. */
export type RawPlan =
  | { readonly kind: 'reads' }
  | { readonly kind: 'writes'; readonly models: readonly string[] }
  | { readonly kind: 'unknown' }

/** Statements remembered per client, and the longest of them in characters: a few megabytes at most. */
const REMEMBERED = 500
const LONGEST_REMEMBERED = 4096

interface Memory {
  readonly tables: RawTables
  /** By text, the one that was used longest ago first. */
  readonly plans: Map<string, RawPlan>
}

const memories = new WeakMap<ModelIndex, Memory>()

const UNKNOWN: RawPlan = { kind: 'unknown' }

/** Never rejects: a text that cannot be understood is unknown. */
export async function planRaw(index: ModelIndex, sql: string | undefined): Promise<RawPlan> {
  if (sql === undefined) return UNKNOWN
  const { tables, plans } = memoryOf(index)
  const plan = plans.get(sql) ?? (await planText(tables, sql))
  plans.delete(sql)
  if (sql.length <= LONGEST_REMEMBERED) plans.set(sql, plan)
  if (plans.size > REMEMBERED) plans.delete(plans.keys().next().value!)
  return plan
}

function memoryOf(index: ModelIndex): Memory {
  const known = memories.get(index)
  if (known) return known
  const memory: Memory = { tables: createRawTables(index), plans: new Map() }
  memories.set(index, memory)
  return memory
}

async function planText(tables: RawTables, sql: string): Promise<RawPlan> {
  const statements = await parseSql(sql)
  const effects = statements && effectsOf(statements)
  if (!effects) return UNKNOWN
  const written = effects.written.map(tables.modelsOf)
  const truncated = effects.truncatedOnwards.map(tables.modelsOf)
  if ([...written, ...truncated].includes(undefined)) return UNKNOWN
  const models = new Set([
    ...written.flatMap((names) => names ?? []),
    ...tables.withReferencing(truncated.flatMap((names) => names ?? [])),
  ])
  return models.size === 0 ? { kind: 'reads' } : { kind: 'writes', models: [...models] }
}
