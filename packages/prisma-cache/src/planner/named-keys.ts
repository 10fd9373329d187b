import type { TableTag, Tag } from '../protocol/tag.js'
import type { IndexedModel } from './model-index.js'
import { keyText, type NarrowField } from './narrow-fields.js'

/** The values that a field has, before or after a write, in the rows that the write concerns; undefined: not known. */
export type Image = (field: NarrowField) => readonly string[] | undefined

/** More keys than this cost more to touch than they save. */
const MOST = 64

/**
 * The table's tag and a tag for each value of a field that the images know. A field that some image does not know is
 * not named, so that all its readers are reached.
 */
export function namedKeys(model: IndexedModel, images: readonly Image[]): Tag[] {
  const named: string[] = []
  const keys: Tag[] = []
  for (const field of model.narrow) {
    const values = new Set<string>()
    const known = images.every((image) => image(field)?.every((value) => values.add(value)))
    if (!known || keys.length + values.size > MOST) continue
    named.push(field.token)
    for (const value of values) keys.push({ kind: 'key', model: model.name, field: field.token, value })
  }
  return [{ kind: 'table', model: model.name, named }, ...keys]
}

/** Of a row as Postgres returned it, or as far as it did. */
export function imageOf(row: Readonly<Record<string, unknown>>): Image {
  return (field) => {
    const text = keyText(field, row[field.name])
    return text === undefined ? undefined : [text]
  }
}

/** For what happens before the statement, when nothing is known of its rows and nothing is promised. */
export function tableOnly(model: IndexedModel): TableTag {
  return { kind: 'table', model: model.name, named: model.narrow.map((field) => field.token) }
}
