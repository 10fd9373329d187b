import type { ModelEntry, PolicySet } from '@prisma-cache/policy-dsl'
import { isBlind, readModels } from '../../planner/depends-on.js'
import { createModelIndex } from '../../planner/model-index.js'
import { rowIdOf } from '../../planner/row-id.js'
import { relationName, weakerRelations } from '../schema/weaker-relations.js'
import { listed } from '../text/words.js'
import { sampleKey } from './sample.js'

/** When a read of the model goes to Postgres, most particular first. */
export function uncachedReads(policies: PolicySet, entry: ModelEntry): readonly string[] {
  const { policy } = entry
  if (isBlind(entry)) return ['always: it is a view, and nothing says which writes change it']
  if (policy.strategy === 'none') return ['always: its strategy is `none`']
  if (policy.read.kind === 'none') return ['always: its policy says `read: none`']
  const blind = blindBehind(policies, entry)
  if (blind.length > 0) {
    return [
      `always: by \`dependsOn\` it depends on ${listed(blind)}, a view of which nothing says which writes change it`,
    ]
  }
  return [
    ...strongReads(policies, entry),
    ...fieldsOf(entry),
    ...keyOf(entry),
    ...viewsOf(policies, entry),
    'the call says `cache: false`, or stands in `$transaction`',
    'an argument has no identity that is known: a reference to a field (`prisma.x.fields.y`), `Prisma.DbNull`, a class of your own',
    'its `select` names a field that another extension computes',
    'Redis does not answer, or this process owes it a publication',
    'the answer is longer than 1,000,000 characters: it is not kept',
  ]
}

function blindBehind(policies: PolicySet, { facts }: ModelEntry): readonly string[] {
  const index = createModelIndex(policies)
  const hidden = readModels(index, index.get(facts.name)!, {})?.hidden ?? []
  return hidden.filter(isBlind).map(({ name }) => name)
}

function strongReads(policies: PolicySet, { policy, facts }: ModelEntry): readonly string[] {
  if (policy.strategy === 'none' || policy.consistency !== 'strong') return []
  const names = weakerRelations(policies, facts).map(relationName)
  return [
    'a writer of it is between its statement and its publication (`fenced`)',
    ...(names.length > 0 ? [`it includes, filters, orders or counts by what is not \`strong\`: ${listed(names)}`] : []),
  ]
}

function fieldsOf({ fieldPolicies }: ModelEntry): readonly string[] {
  const { omit = [], scope = [] } = fieldPolicies ?? {}
  return [
    ...(omit.length > 0
      ? [
          `its answer would hold ${listed(omit)}, as it does by default, or it names ${listed(omit)} (\`omit\` and \`select\` leave a field out)`,
        ]
      : []),
    ...(scope.length > 0
      ? [`its \`where\` does not set ${listed(scope)} equal to a value, at its top or under \`AND\``]
      : []),
    ...(scope.length > 0
      ? ['another model includes it without such a `where`, or filters, orders or counts by it']
      : []),
  ]
}

function keyOf({ facts }: ModelEntry): readonly string[] {
  if (facts.primaryKey === undefined || rowIdOf(facts, sampleKey(facts)) !== undefined) return []
  const types = facts.fields.filter(({ name }) => facts.primaryKey?.fields.includes(name))
  const text = listed(types.map(({ name, type, nativeType }) => `${name} ${nativeType?.[0] ?? type}`))
  return [`not by primary key alone: two spellings of ${text} may name one row, so it is cached as lists are`]
}

function viewsOf(policies: PolicySet, { facts }: ModelEntry): readonly string[] {
  const views = facts.relations.filter(({ model }) => isBlind(policies.models[model]!))
  if (views.length === 0) return []
  return [`it includes, filters, orders or counts by a view: ${listed(views.map(({ name }) => name))}`]
}
