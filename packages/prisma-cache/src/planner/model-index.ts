import type { ModelEntry, ModelPolicy, PolicySet } from '@prisma-cache/policy-dsl'
import { createRowCodec, type RowCodec } from '../protocol/row-codec.js'
import { narrowsByColumn } from './column-tokens.js'
import { type FieldRules, fieldRules } from './field-policies.js'
import { type NarrowField, narrowFields } from './narrow-fields.js'
import { type ClientOmit, readableFields, wholeRowSelect } from './projection.js'

/** One model with what planning needs of it, worked out once. */
export interface IndexedModel extends FieldRules {
  readonly name: string
  readonly policy: ModelPolicy
  readonly entry: ModelEntry
  /** Of what may be kept of a row. */
  readonly codec: RowCodec
  readonly wholeRow: Readonly<Record<string, true>>
  readonly clientOmit: ClientOmit
  readonly scalarNames: ReadonlySet<string>
  /** Fields whose equality narrows invalidation. */
  readonly narrow: readonly NarrowField[]
  /** Do answers depend on the columns alone that they mention? */
  readonly byColumn: boolean
  /** Relation field → the other model. */
  readonly relations: ReadonlyMap<string, string>
  /** Models whose rows the database itself may change when rows of this one are deleted or their keys changed; transitive. */
  readonly cascades: readonly string[]
  /** Models at the other end of a foreign key, whichever side holds it. */
  readonly neighbours: readonly string[]
}

export interface ModelIndex {
  readonly names: readonly string[]
  get(model: string): IndexedModel | undefined
  /** Is any model cached? If not, nothing needs to be published. */
  readonly anyCached: boolean
  /** `relationMode = "prisma"`: there Prisma reads the rows of a bulk write first, and then writes them by their keys. */
  readonly emulatesRelations: boolean
  readonly anyOmitted: boolean
  readonly anyScoped: boolean
  readonly anyVersioned: boolean
}

export function createModelIndex(
  policies: PolicySet,
  clientOmit: Readonly<Record<string, ClientOmit>> = {},
  emulatesRelations = false,
): ModelIndex {
  const cascades = cascadeClosure(policies)
  const models = new Map<string, IndexedModel>()
  for (const [name, entry] of Object.entries(policies.models)) {
    const { policy } = entry
    const rules = fieldRules(entry)
    const { facts, kept } = rules
    models.set(name, {
      ...rules,
      name,
      policy,
      entry,
      codec: createRowCodec(readableFields(kept)),
      wholeRow: wholeRowSelect(kept),
      clientOmit: ownOf(clientOmit, name) ?? ownOf(clientOmit, lowerFirst(name)),
      // Tags name the values of these.
      narrow: narrowFields(facts, policy).filter((field) => !rules.omitted.has(field.name)),
      byColumn: narrowsByColumn(facts, policy, rules.scope),
      scalarNames: new Set(facts.fields.map((field) => field.name)),
      relations: new Map(facts.relations.map((relation) => [relation.name, relation.model])),
      cascades: cascades.get(name) ?? [],
      neighbours: [...new Set(facts.relations.map((relation) => relation.model))],
    })
  }
  return {
    names: [...models.keys()],
    get: (model) => models.get(model),
    emulatesRelations,
    anyOmitted: [...models.values()].some(({ omitted }) => omitted.size > 0),
    anyScoped: [...models.values()].some(({ scope }) => scope.length > 0),
    anyVersioned: [...models.values()].some(({ version }) => version !== undefined),
    anyCached: [...models.values()].some((model) => model.policy.strategy !== 'none'),
  }
}

const CHANGES_ROWS = new Set(['Cascade', 'SetNull', 'SetDefault'])

/**
 * For each model, every model whose foreign key makes the database follow, over any number of steps. `onDelete` and
 * `onUpdate` are taken together: which of them a write sets off is not worth a wrong guess.
 */
function cascadeClosure(policies: PolicySet): Map<string, string[]> {
  const followers = new Map<string, Set<string>>()
  for (const [child, { facts }] of Object.entries(policies.models)) {
    for (const relation of facts.relations) {
      if (relation.from.length === 0) continue
      if (!CHANGES_ROWS.has(relation.onDelete ?? '') && !CHANGES_ROWS.has(relation.onUpdate ?? '')) continue
      const set = followers.get(relation.model) ?? new Set()
      followers.set(relation.model, set.add(child))
    }
  }
  const closure = new Map<string, string[]>()
  for (const model of Object.keys(policies.models)) {
    const reached = new Set<string>()
    const queue = [model]
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      for (const follower of followers.get(at) ?? []) {
        if (reached.has(follower)) continue
        reached.add(follower)
        queue.push(follower)
      }
    }
    closure.set(model, [...reached])
  }
  return closure
}

/** Whatever is called as a member of every object is in none of them. */
function ownOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1)
}
