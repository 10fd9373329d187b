import type { DMMF } from '@prisma/generator-helper'
import type { ReferentialAction, RelationField } from '../policy-set.js'

export function readRelation(field: DMMF.Field, model: DMMF.Model): RelationField {
  const from = field.relationFromFields ?? []
  return {
    name: field.name,
    model: field.type,
    relationName: field.relationName ?? '',
    list: field.isList,
    nullable: !field.isRequired,
    from: [...from],
    to: [...(field.relationToFields ?? [])],
    ...(from.length > 0 ? actions(field, model) : {}),
  }
}

/** What the schema says, or else what Prisma puts into the migration. */
function actions(field: DMMF.Field, model: DMMF.Model): Pick<RelationField, 'onDelete' | 'onUpdate'> {
  // Prisma goes by the foreign key: one required column makes the relation required, whatever the field says.
  const columns = model.fields.filter(({ name }) => field.relationFromFields?.includes(name))
  const required = field.isRequired || columns.some((column) => column.isRequired)
  return {
    onDelete: (field.relationOnDelete as ReferentialAction | undefined) ?? (required ? 'Restrict' : 'SetNull'),
    onUpdate: (field.relationOnUpdate as ReferentialAction | undefined) ?? 'Cascade',
  }
}
