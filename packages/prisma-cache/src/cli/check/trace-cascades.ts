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
  const isCached = (model: string) => policies.models[model]?.policy.strategy !== 'none'
  return Object.keys(policies.models)
    .flatMap((model) => [traceDelete(policies, model), traceUpdate(policies, model)])
    .filter(({ model, deletes, sets }) => {
      const reached = [...deletes, ...sets.map((one) => one.model)]
      return reached.length > 0 && [model, ...reached].some(isCached)
    })
}

function traceDelete(policies: PolicySet, model: string): Cascade {
  const deletes: string[] = []
  const sets: SetFields[] = []
  const queue = [model]
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { child, relation } of referencesTo(policies, at)) {
      const action = relation.onDelete ?? 'NoAction'
      if (action === 'Cascade') {
        if (deletes.includes(child)) continue
        deletes.push(child)
        queue.push(child)
      } else addSet(sets, child, relation, action, 'delete')
    }
  }
  return { model, on: 'delete', deletes, sets }
}

/** A foreign key that follows may be a key that others reference in turn. */
function traceUpdate(policies: PolicySet, model: string): Cascade {
  const sets: SetFields[] = []
  const queue: { readonly at: string; readonly changed?: readonly string[] }[] = [{ at: model }]
  for (let step = queue.shift(); step !== undefined; step = queue.shift()) {
    const { at, changed } = step
    for (const { child, relation } of referencesTo(policies, at)) {
      if (changed && !relation.to.some((field) => changed.includes(field))) continue
      const added = addSet(sets, child, relation, relation.onUpdate ?? 'NoAction', 'update')
      if (added) queue.push({ at: child, changed: added.fields })
    }
  }
  return { model, on: 'update', deletes: [], sets }
}

function addSet(
  sets: SetFields[],
  model: string,
  relation: RelationField,
  action: ReferentialAction,
  on: Cascade['on'],
): SetFields | undefined {
  if (action !== 'SetNull' && action !== 'SetDefault' && !(action === 'Cascade' && on === 'update')) return undefined
  const set: SetFields = { model, fields: relation.from, to: result[action] }
  const known = sets.some((one) => JSON.stringify(one) === JSON.stringify(set))
  if (known) return undefined
  sets.push(set)
  return set
}

function referencesTo(policies: PolicySet, model: string) {
  return Object.entries(policies.models).flatMap(([child, { facts }]) =>
    facts.relations
      .filter((relation) => relation.model === model && relation.from.length > 0)
      .map((relation) => ({ child, relation })),
  )
}
