import type { ModelEntry, PolicySet } from '@prisma-cache/policy-dsl'
import { createModelIndex } from '../../planner/model-index.js'
import { planRead } from '../../planner/plan-read.js'
import { planWrite } from '../../planner/plan-write.js'
import { createKeys } from '../../protocol/keys.js'
import { ROWS, type Tag, uniteTags } from '../../protocol/tag.js'
import { listed } from '../text/words.js'
import { sampleFields, sampleKey, sampleOf, sampleWhere } from './sample.js'

/** An operation and what the planner says of it, in words. */
export type PlanRow = readonly [operation: string, text: string]

/** What answers depend on; as the planner plans them, so that the words cannot drift from what happens. */
export function readRows(policies: PolicySet, { facts, fieldPolicies }: ModelEntry): readonly PlanRow[] {
  const index = createModelIndex(policies)
  const model = index.get(facts.name)!
  // What is never cached without them is said below the table; here they are as a question has them that may be cached.
  const { scope = [], omit = [] } = fieldPolicies ?? {}
  const pins = sampleFields(facts, scope)
  const left = omit.length === 0 ? {} : { omit: Object.fromEntries(omit.map((name) => [name, true])) }
  const given = scope.length === 0 ? '' : `, by ${listed(scope)}`
  const plan = (operation: string, args: { readonly where?: object; readonly include?: object }) => {
    const question = { ...args, ...left, where: { ...args.where, ...pins } }
    const planned = planRead(index, createKeys('explain'), model, operation, question)
    return planned.kind === 'bypass' ? 'never cached' : dependsOn(planned.tags)
  }
  const relation = facts.relations[0]
  const [narrow] = model.narrow
  const fields = listed(
    model.narrow.map(({ name }) => name),
    'or',
  )
  const pending = model.policy.strategy === 'writeBehind' ? 'answered by the pending row, if there is one; else ' : ''
  return [
    ...(facts.primaryKey
      ? [
          [
            `by primary key${given && ` and ${listed(scope)}`}`,
            pending + plan('findUnique', { where: sampleWhere(facts) }),
          ] as const,
        ]
      : []),
    ...(narrow
      ? [[`lists by ${fields}`, plan('findMany', { where: { [narrow.name]: sampleOf(narrow.field) } })] as const]
      : []),
    [`${narrow ? 'other lists, counts, …' : 'lists, counts, …'}${given}`, plan('findMany', {})],
    ...(relation
      ? [[`including ${relation.name}`, plan('findMany', { include: { [relation.name]: true } })] as const]
      : []),
  ]
}

/** What writes make stale. */
export function writeRows(policies: PolicySet, { facts, fieldPolicies }: ModelEntry): readonly PlanRow[] {
  if (facts.isView) return []
  const index = createModelIndex(policies)
  const model = index.get(facts.name)!
  const scoped = sampleFields(facts, fieldPolicies?.scope ?? [])
  const row = {
    ...sampleKey(facts),
    ...scoped,
    ...Object.fromEntries(model.narrow.map((one) => [one.name, sampleOf(one.field)])),
  }
  const where = sampleWhere(facts)
  const plan = (operation: string, args: unknown, answer: unknown): string => {
    const planned = planWrite(index, model, operation, args)
    const tags = [...planned.before, ...planned.after(answer)]
    if (planned.put(answer) === undefined) return reaches(facts.name, tags)
    // The row is not dropped then: what Postgres returned takes its place.
    const others = tags.filter(({ kind }) => kind !== 'row')
    return `puts the row into the cache, unless writers overlap; ${reaches(facts.name, others)}`
  }
  const byKey: readonly PlanRow[] = facts.primaryKey
    ? [
        ['update', plan('update', { where, data: {} }, row)],
        ['delete', plan('delete', { where }, row)],
      ]
    : []
  return [
    ['create', plan('create', { data: row }, row)],
    ...byKey,
    ['updateMany', plan('updateMany', { data: {} }, { count: 1 })],
    ['deleteMany', plan('deleteMany', {}, { count: 1 })],
  ]
}

function dependsOn(tags: readonly Tag[]): string {
  const tables = tags.filter(({ kind }) => kind === 'table').map(({ model }) => `every write of ${model}`)
  const rows = tags.some(({ kind }) => kind === 'row') ? ['writes of this row'] : []
  const wide = tags.filter(({ kind }) => kind === 'wide').map(({ model }) => `writes of ${model} that name no row`)
  const keys = tags.some(({ kind }) => kind === 'key') ? ['writes of rows with that value'] : []
  const ofFields = tags.filter((tag) => tag.kind === 'field')
  const columns = ofFields.some(({ field }) => field === ROWS)
    ? ['writes that make or take rows, or set what it reads']
    : []
  const fields = ofFields
    .filter(({ field }) => !field.startsWith(ROWS))
    .map(({ model }) => `writes of ${model} that name no value`)
  return `depends on ${listed([...rows, ...keys, ...wide, ...columns, ...fields, ...tables])}`
}

function reaches(model: string, tags: readonly Tag[]): string {
  const of = (kind: Tag['kind']) => [...new Set(tags.filter((tag) => tag.kind === kind).map((tag) => tag.model))]
  const rows = of('row').length > 0 && !of('wide').includes(model) ? ['the row'] : []
  const wide = of('wide').map((one) => `every row of ${one}`)
  const tables = uniteTags(tags).filter((tag) => tag.kind === 'table')
  const whole = tables.filter(({ named }) => !named?.length).map((table) => table.model)
  const lists = [
    ...(whole.length > 0 ? [`every list and count over ${listed(whole, 'or')}`] : []),
    ...tables.flatMap((table) => (table.named?.length ? [narrowedLists(table.model, table.named)] : [])),
  ]
  return `drops ${listed([...rows, ...wide, ...lists])}`
}

function narrowedLists(model: string, named: readonly string[]): string {
  const fields = named.map((token) => token.slice(0, token.lastIndexOf('.')))
  return `every list and count over ${model} (by ${listed(fields, 'or')}: those with the row’s value)`
}
