import type { DMMF } from '@prisma/generator-helper'
import type { Block } from '../../syntax/schema-outline.js'
import type { EnumFacts, ModelFacts } from '../policy-set.js'
import { readPrimaryKey, readUniques } from './read-keys.js'
import { readRelation } from './read-relation.js'
import { readScalar } from './read-scalar.js'
import { compare, shapeHash } from './shape-hash.js'

export interface SchemaFacts {
  readonly models: Readonly<Record<string, ModelFacts>>
  readonly enums: Readonly<Record<string, EnumFacts>>
}

/**
 * What planning needs to know of each model. The blocks of the schema's text tell what a DMMF leaves out: which models
 * are views, and the digits of Decimal literals.
 */
export function readFacts({ datamodel }: Pick<DMMF.Document, 'datamodel'>, blocks: readonly Block[]): SchemaFacts {
  const enums = Object.fromEntries(datamodel.enums.map((one) => [one.name, readEnum(one)] as const).sort(byKey))
  const byName = new Map(blocks.map((block) => [block.name, block]))
  const indexes = new Map<string, DMMF.Index[]>(datamodel.models.map(({ name }) => [name, []]))
  for (const index of datamodel.indexes) if (index.type === 'normal') indexes.get(index.model)?.push(index)
  const models = datamodel.models.map((model) => {
    return [model.name, readModel(model, byName.get(model.name), enums, indexes.get(model.name)!)] as const
  })
  return { models: Object.fromEntries(models.sort(byKey)), enums }
}

function readModel(
  model: DMMF.Model,
  block: Block | undefined,
  enums: SchemaFacts['enums'],
  indexes: readonly DMMF.Index[],
): ModelFacts {
  const declarations = new Map(block?.members.map(({ name, text }) => [name, text]))
  const primaryKey = readPrimaryKey(model)
  const facts = {
    name: model.name,
    dbName: model.dbName ?? model.name,
    ...(model.schema ? { dbSchema: model.schema } : {}),
    fields: model.fields
      .filter((field) => field.kind !== 'object')
      .map((field) => readScalar(field, declarations.get(field.name))),
    relations: model.fields.filter((field) => field.kind === 'object').map((field) => readRelation(field, model)),
    ...(primaryKey ? { primaryKey } : {}),
    uniques: readUniques(model),
  }
  const isView = block?.keyword === 'view'
  return {
    ...facts,
    indexes: indexes.map(({ fields }) => fields.map(({ name }) => name)),
    isView,
    shapeHash: shapeHash({ ...facts, isView }, enums),
  }
}

function readEnum(one: DMMF.DatamodelEnum): EnumFacts {
  return {
    values: Object.fromEntries(one.values.map(({ name, dbName }) => [name, dbName ?? name])),
    dbName: one.dbName ?? one.name,
  }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compare(a, b)
}
