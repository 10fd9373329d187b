import type { ModelFacts, PolicySet, RelationField, ScalarField, UniqueKey } from 'prisma-cache'
import type { Subject } from './subject.js'

export interface Relation {
  readonly name: string
  readonly model: string
  readonly list: boolean
  readonly nullable: boolean
  /** Foreign key fields on this model; empty where the other side, or a table between the two, holds it. */
  readonly from: readonly string[]
  readonly manyToMany: boolean
  /** The same relation as the other model names it. */
  readonly inverse: RelationField
}

/** One model as the generators see it. */
export interface Model {
  readonly name: string
  readonly facts: ModelFacts
  /** Scalars that Prisma can read. */
  readonly fields: readonly ScalarField[]
  readonly relations: readonly Relation[]
  /** The primary key, where there is one. */
  readonly key: UniqueKey
  /** The other unique keys. */
  readonly uniques: readonly UniqueKey[]
  /** Fields that a foreign key of this model is made of. */
  readonly foreign: ReadonlySet<string>
  /** Fields of any key of the model, its own or foreign: what lists are asked by. */
  readonly keyLike: readonly ScalarField[]
  /** Fields that differ between the twins though all is well: times of the clock, and how often the extension has written. */
  readonly timed: ReadonlySet<string>
  field(name: string): ScalarField
}

export interface Models {
  readonly list: readonly Model[]
  get(name: string): Model
  /** May a read say how its relations are loaded? */
  readonly joins: boolean
  readonly enums: PolicySet['enums']
  /** Names of fields, of any model, that differ between the twins. */
  readonly timed: ReadonlySet<string>
}

export function readModels({ policies, exclude, joins = false }: Subject): Models {
  const models = new Map<string, Model>()
  for (const { facts } of Object.values(policies.models)) {
    // A model may have unique keys only; the first of them tells its rows apart.
    const [key, ...uniques] = [...(facts.primaryKey ? [facts.primaryKey] : []), ...facts.uniques]
    if (exclude.includes(facts.name) || facts.isView || !key) continue
    models.set(facts.name, modelOf(policies, facts, key, uniques))
  }
  const list = [...models.values()]
  return {
    list,
    joins,
    enums: policies.enums,
    timed: new Set(list.flatMap((model) => [...model.timed])),
    get(name) {
      const model = models.get(name)
      if (!model) throw new TypeError(`there is no model ${name}`)
      return model
    },
  }
}

function modelOf(policies: PolicySet, facts: ModelFacts, key: UniqueKey, uniques: readonly UniqueKey[]): Model {
  const fields = facts.fields.filter((field) => field.type !== 'Unsupported')
  const relations = facts.relations.map((relation) => relationOf(policies, facts, relation))
  const foreign = new Set(relations.flatMap((relation) => relation.from))
  const ofKeys = new Set([...foreign, ...[key, ...uniques].flatMap((one) => one.fields)])
  return {
    name: facts.name,
    facts,
    fields,
    relations,
    key,
    uniques,
    foreign,
    keyLike: fields.filter((field) => ofKeys.has(field.name)),
    timed: new Set(
      fields.flatMap((field) => {
        const { default: made } = field
        const counted = policies.models[facts.name]!.fieldPolicies?.version === field.name
        return counted || field.updatedAt || (made?.by === 'client' && made.fn === 'now') ? [field.name] : []
      }),
    ),
    field: (name) => fields.find((field) => field.name === name)!,
  }
}

function relationOf(policies: PolicySet, facts: ModelFacts, relation: RelationField): Relation {
  const inverse = policies.models[relation.model]!.facts.relations.find(
    (other) =>
      other.relationName === relation.relationName &&
      other.model === facts.name &&
      (relation.model !== facts.name || other.name !== relation.name),
  )
  if (!inverse) throw new TypeError(`${facts.name}.${relation.name} has no other side`)
  return {
    name: relation.name,
    model: relation.model,
    list: relation.list,
    nullable: relation.nullable,
    from: relation.from,
    manyToMany: relation.list && inverse.list,
    inverse,
  }
}

export const delegateName = (model: string): string => model.charAt(0).toLowerCase() + model.slice(1)
