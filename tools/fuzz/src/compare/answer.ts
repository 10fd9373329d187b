import type { Args, Call } from '../operation.js'
import type { Model, Models } from '../schema/models.js'
import { type CanonicalOptions, canonical } from './canonical.js'

/**
 * The answer to a call as text. Rows that no total order was asked for are put in an order here: which of them comes
 * first is Postgres's choice, and no difference.
 */
export function canonicalAnswer(models: Models, call: Call, answer: unknown, options: CanonicalOptions): string {
  const model = models.get(call.model)
  const row = (value: unknown, args: Args) => canonicalRow(models, model, args, value, options)
  switch (call.operation) {
    case 'findMany':
    case 'createManyAndReturn':
    case 'updateManyAndReturn':
      return listOf(answer, call.args, model, (value) => row(value, call.args))
    case 'groupBy':
      return Array.isArray(answer) ? groups(answer, call.args, options) : canonical(answer, options)
    default:
      return row(answer, call.args)
  }
}

function groups(answer: readonly unknown[], args: Args, options: CanonicalOptions): string {
  const texts = answer.map((group) => canonical(group, options))
  return `[${(args.orderBy === undefined ? texts.sort() : texts).join(', ')}]`
}

function listOf(value: unknown, args: Args, model: Model, one: (item: unknown) => string): string {
  if (!Array.isArray(value)) return one(value)
  const texts = value.map(one)
  return `[${(isTotal(args.orderBy, model) ? texts : texts.sort()).join(', ')}]`
}

function isTotal(orderBy: unknown, model: Model): boolean {
  const order = Array.isArray(orderBy) ? orderBy : orderBy === undefined ? [] : [orderBy]
  return model.key.fields.every((name) => order.some((one: Args) => typeof one[name] === 'string'))
}

function canonicalRow(models: Models, model: Model, args: Args, value: unknown, options: CanonicalOptions): string {
  if (value === null || typeof value !== 'object') return canonical(value, options)
  const chosen = (args.select ?? args.include ?? {}) as Args
  const parts = Object.entries(value).map(([name, item]) => {
    const relation = model.relations.find((one) => one.name === name)
    if (!relation) return canonical({ [name]: item }, options)
    const other = models.get(relation.model)
    const inner = typeof chosen[name] === 'object' && chosen[name] !== null ? (chosen[name] as Args) : {}
    const row = (one: unknown) => canonicalRow(models, other, inner, one, options)
    return `{ ${name}: ${relation.list ? listOf(item, inner, other, row) : row(item)} }`
  })
  return `{ ${parts.map((part) => part.slice(2, -2)).join(', ')} }`
}
