import type { DMMF } from '@prisma/generator-helper'
import type { UniqueKey } from '../policy-set.js'

export function readPrimaryKey(model: DMMF.Model): UniqueKey | undefined {
  if (model.primaryKey) return toKey(model.primaryKey)
  const id = model.fields.find((field) => field.isId)
  return id && { name: id.name, fields: [id.name] }
}

export function readUniques(model: DMMF.Model): UniqueKey[] {
  const single = model.fields.filter((field) => field.isUnique).map(({ name }) => ({ name, fields: [name] }))
  // A DMMF lists `@@unique([a])` twice: as an index and at its field, whose name is the one that stands in a `where`.
  const compound = model.uniqueIndexes.filter(({ fields }) => fields.length > 1)
  return [...single, ...compound.map(toKey)]
}

/** Prisma joins the fields where a compound key has no name of its own. */
function toKey(key: { readonly name: string | null; readonly fields: readonly string[] }): UniqueKey {
  return { name: key.name ?? key.fields.join('_'), fields: [...key.fields] }
}
