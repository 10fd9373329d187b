import type { DMMF } from '@prisma/generator-helper'
import type { ScalarField, ScalarType } from '../policy-set.js'
import { readDefault } from './read-default.js'

/** `declaration` is the field's line in the schema, where it was found. */
export function readScalar(field: DMMF.Field, declaration: string | undefined): ScalarField {
  const maker = readDefault(field, declaration)
  return {
    name: field.name,
    dbName: field.dbName ?? field.name,
    type: scalarType(field),
    ...(field.kind === 'enum' ? { enumName: field.type } : {}),
    list: field.isList,
    nullable: !field.isRequired,
    updatedAt: field.isUpdatedAt ?? false,
    ...(maker ? { default: maker } : {}),
    ...(field.nativeType ? { nativeType: [field.nativeType[0], [...field.nativeType[1]]] } : {}),
  }
}

function scalarType(field: DMMF.Field): ScalarType {
  if (field.kind === 'enum') return 'Enum'
  if (field.kind === 'unsupported') return 'Unsupported'
  return field.type as ScalarType
}
