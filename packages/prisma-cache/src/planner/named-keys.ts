import { ROWS, type TableTag, type Tag } from '../protocol/tag.js'
import { columnToken } from './column-tokens.js'
import type { IndexedModel } from './model-index.js'
import { keyText, type NarrowField } from './narrow-fields.js'

/** The values that a field has, before or after a write, in the rows that the write concerns; undefined: not known. */
export type Image = (field: NarrowField) => readonly string[] | undefined

/** More keys than this cost more to touch than they save. */
const MOST = 64
const MOST_COLUMNS = 4

/**
 * The table's tag and a tag for each value of a field that the images know. A field that some image does not know is
 * not named, so that all its readers are reached.
 *
 * @param columns those that an update may set; without, rows are made or taken away, or nobody knows
 */
export function namedKeys(model: IndexedModel, images: readonly Image[], columns?: readonly string[]): Tag[] {
  const named: string[] = []
  const keys: Tag[] = []
  let count = 0
  for (const field of model.narrow) {
    const values = new Set<string>()
    const known = images.every((image) => image(field)?.every((value) => values.add(value)))
    if (!known || count + values.size > MOST) continue
    count += values.size
    named.push(field.token)
    const touched = columnsOfKey(field, columns)
    for (const value of values) {
      const key: Tag = { kind: 'key', model: model.name, field: field.token, value }
      keys.push(key, ...touched.map((column) => ({ ...key, column })))
    }
  }
  return [{ kind: 'table', model: model.name, named, ...(columns ? { columns } : {}) }, ...keys]
}

/** Many columns count as any: a key's readers all depend on which rows there are. */
function columnsOfKey({ field }: NarrowField, columns: readonly string[] | undefined): readonly string[] {
  return !columns || columns.length > MOST_COLUMNS || columns.includes(columnToken(field)) ? [ROWS] : columns
}

/** Of a row as Postgres returned it, or as far as it did. */
export function imageOf(row: Readonly<Record<string, unknown>>): Image {
  return (field) => {
    const text = keyText(field, row[field.name])
    return text === undefined ? undefined : [text]
  }
}

/** For what happens before the statement, when nothing is known of its rows and nothing is promised. */
export function tableOnly(model: IndexedModel, columns?: readonly string[]): TableTag {
  const named = model.narrow.map((field) => field.token)
  return { kind: 'table', model: model.name, named, ...(columns ? { columns } : {}) }
}
