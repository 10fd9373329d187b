import type { Row } from '../protocol/row-codec.js'
import type { Tag } from '../protocol/tag.js'
import type { IndexedModel } from './model-index.js'
import { imageOf, namedKeys, tableOnly } from './named-keys.js'
import { rowIdOf } from './row-id.js'
import { classOf, type WritePlan } from './write-plan.js'

/** Rows named one by one at most; a write of more names none. */
const MOST = 100

/** `createMany` and `createManyAndReturn`: rows that were not there, so only a cached absence of one can be stale. */
export function planCreateMany(model: IndexedModel, operation: string, args: Record<string, unknown>): WritePlan {
  const wide: Tag = { kind: 'wide', model: model.name }
  const given = listOf(args.data)
  const known = rowsOf(model, given)
  const touched = classOf([model])
  const returns = operation === 'createManyAndReturn'
  // Which rows those are shows only in the answer: until then a strong reader may trust no row of the model.
  const isWide = known === undefined && (!returns || touched.strong)
  const beside = [...(known ?? []), ...(isWide ? [wide] : [])]
  return {
    model: model.name,
    before: [...beside, tableOnly(model)],
    after(result) {
      const written = returns && Array.isArray(result) ? (result as Row[]) : undefined
      const rows = known ?? (written && rowsOf(model, written)) ?? [wide]
      // Rows that were skipped as duplicates are named too, for nothing.
      const images = (written ?? given).map(imageOf)
      return [...beside, ...rows, ...namedKeys(model, images)]
    },
    worst: [...(known ?? [wide]), { kind: 'table', model: model.name }],
    ...touched,
    args,
    answer: (result) => result,
    put: () => undefined,
    wide: new Set(isWide ? [model.name] : []),
    ownKeysOnly: false,
    inParts: false,
  }
}

/** The tags of rows; undefined when one has no known key, unless the client draws it: nobody can have asked for that. */
function rowsOf(model: IndexedModel, rows: readonly Row[]): Tag[] | undefined {
  if (rows.length > MOST) return undefined
  const tags: Tag[] = []
  for (const values of rows) {
    const row = rowIdOf(model.facts, values)
    if (row !== undefined) tags.push({ kind: 'row', model: model.name, row })
    else if (!isDrawn(model, values)) return undefined
  }
  return tags
}

const DRAWN = new Set(['uuid', 'cuid', 'ulid'])

function isDrawn({ facts }: IndexedModel, values: Row): boolean {
  const [name, ...others] = facts.primaryKey?.fields ?? []
  const maker = others.length === 0 ? facts.fields.find((field) => field.name === name)?.default : undefined
  return name !== undefined && values[name] === undefined && maker?.by === 'client' && DRAWN.has(maker.fn)
}

function listOf(data: unknown): readonly Row[] {
  const list = Array.isArray(data) ? data : [data]
  return list.map((item) => (item !== null && typeof item === 'object' ? (item as Row) : {}))
}
