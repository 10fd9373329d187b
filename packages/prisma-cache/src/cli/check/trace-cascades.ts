import type { PolicySet, ReferentialAction, RelationField } from '@prisma-cache/policy-dsl'

/** What the database does by itself when rows of a model are deleted, or a key of theirs is changed. */
export interface Cascade {
  readonly model: string
  readonly on: 'delete' | 'update'
  /** `onDelete: Cascade`, over any number of steps. */
  readonly deletes: readonly string[]
  /** Foreign keys that follow. */
  readonly sets: readonly SetFields[]
}

export interface SetFields {
  readonly model: string
  readonly fields: readonly string[]
  readonly to: 'NULL' | 'default' | 'new key'
}

const result = { SetNull: 'NULL', SetDefault: 'default', Cascade: 'new key' } as const

/** Every cascade out of or into a model that is cached, by model. */
export function traceCascades(policies: PolicySet): readonly Cascade[] {
  const references = referencesOf(policies)
  const isCached = (model: string) => policies.models[model]?.policy.strategy !== 'none'
  return Object.keys(policies.models)
    .flatMap((model) => [traceDelete(references, model), traceUpdate(references, model)])
    .filter(({ model, deletes, sets }) => {
      const reached = [...deletes, ...sets.map((one) => one.model)]
      return reached.length > 0 && [model, ...reached].some(isCached)
    })
}

/** By the model that is referred to. */
type References = ReadonlyMap<string, readonly { readonly child: string; readonly relation: RelationField }[]>

function traceDelete(references: References, model: string): Cascade {
  const deletes = new Set<string>()
  const sets = new Map<string, SetFields>()
  const rest = [model]
  // What is added while it runs is walked too.
  for (const at of rest) {
    for (const { child, relation } of references.get(at) ?? []) {
      const action = relation.onDelete ?? 'NoAction'
      if (action !== 'Cascade') addSet(sets, child, relation, action, 'delete')
      else if (!deletes.has(child)) {
        deletes.add(child)
        rest.push(child)
      }
    }
  }
  return { model, on: 'delete', deletes: [...deletes], sets: [...sets.values()] }
}

/** A foreign key that follows may be a key that others reference in turn. */
function traceUpdate(references: References, model: string): Cascade {
  const sets = new Map<string, SetFields>()
  const rest: { readonly at: string; readonly changed?: readonly string[] }[] = [{ at: model }]
  for (const { at, changed } of rest) {
    for (const { child, relation } of references.get(at) ?? []) {
      if (changed && !relation.to.some((field) => changed.includes(field))) continue
      const added = addSet(sets, child, relation, relation.onUpdate ?? 'NoAction', 'update')
      if (added) rest.push({ at: child, changed: added.fields })
    }
  }
  return { model, on: 'update', deletes: [], sets: [...sets.values()] }
}

/** Undefined where nothing is set, or was before. */
function addSet(
  sets: Map<string, SetFields>,
  model: string,
  relation: RelationField,
  action: ReferentialAction,
  on: Cascade['on'],
): SetFields | undefined {
  if (action !== 'SetNull' && action !== 'SetDefault' && !(action === 'Cascade' && on === 'update')) return undefined
  const set: SetFields = { model, fields: relation.from, to: result[action] }
  const key = [model, set.to, ...set.fields].join(' ')
  if (sets.has(key)) return undefined
  sets.set(key, set)
  return set
}

function referencesOf({ models }: PolicySet): References {
  const references = new Map<string, { child: string; relation: RelationField }[]>()
  for (const [child, { facts }] of Object.entries(models)) {
    for (const relation of facts.relations) {
      if (relation.from.length === 0) continue
      const own = references.get(relation.model)
      if (own) own.push({ child, relation })
      else references.set(relation.model, [{ child, relation }])
    }
  }
  return references
}
