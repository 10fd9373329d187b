import { Decimal } from '@prisma/client/runtime/client'
import type { ScalarField } from '@prisma-cache/policy-dsl'
import type { IndexedModel } from './model-index.js'
import { isLiteral } from './records.js'

/** More columns than these cost more to look up than they spare. */
const MOST = 4

type Names = ReadonlySet<string>

/**
 * The fields that an answer of one model mentions: in its filter, its order and what it selects. Whatever else is written
 * into the rows, it stays the same. Only where order cannot show: two rows that are equal in it may come in either order.
 *
 * @returns undefined where it mentions many, or something is not understood for certain
 */
export function readColumns(model: IndexedModel, operation: string, args: unknown): Names | undefined {
  const given = isLiteral(args) ? args : {}
  const names = new Set<string>()
  return reads(model, operation, given, names) && names.size <= MOST ? names : undefined
}

function reads(model: IndexedModel, operation: string, args: Record<string, unknown>, names: Set<string>): boolean {
  const has = (allowed: readonly string[]) =>
    Object.entries(args).every(([name, value]) => value === undefined || allowed.includes(name))
  if (!filter(model, args.where, names)) return false
  switch (operation) {
    case 'findUnique':
    case 'findUniqueOrThrow':
      return has(['where', 'select']) && selection(model, args.select, names)
    case 'findMany':
    case 'findFirst':
    case 'findFirstOrThrow':
      return (
        has(['where', 'select', 'orderBy', 'take', 'skip', 'distinct']) &&
        selection(model, args.select, names) &&
        namesOf(model, args.distinct, names) &&
        order(model, args.orderBy, names) &&
        isTotal(model, args.orderBy)
      )
    case 'count':
      return has(['where', 'select']) && (args.select === undefined || counted(model, args.select, names))
    case 'aggregate':
      return has(['where', ...AGGREGATES]) && aggregates(model, args, names)
    case 'groupBy':
      return (
        has(['where', 'by', 'having', 'orderBy', 'take', 'skip', ...AGGREGATES]) &&
        aggregates(model, args, names) &&
        namesOf(model, args.by, names) &&
        filter(model, args.having, names) &&
        order(model, args.orderBy, names) &&
        listOf(args.by).every((name) =>
          listOf(args.orderBy).some((part) => isLiteral(part) && Object.hasOwn(part, name as string)),
        )
      )
    default:
      return false
  }
}

const scalar = (model: IndexedModel, name: unknown): ScalarField | undefined =>
  model.facts.fields.find((field) => field.name === name)

function filter(model: IndexedModel, where: unknown, names: Set<string>): boolean {
  if (where === undefined) return true
  if (Array.isArray(where)) return where.every((part) => filter(model, part, names))
  if (!isLiteral(where)) return false
  return Object.entries(where).every(([name, condition]) => {
    if (condition === undefined) return true
    if (name === 'AND' || name === 'OR' || name === 'NOT') return filter(model, condition, names)
    const key = [model.facts.primaryKey, ...model.facts.uniques].find((one) => one?.name === name)
    if (key && key.fields.length > 1) return filter(model, condition, names)
    // A condition may name another column by a reference to it, which is no plain value.
    return add(model, name, names) && isValue(condition)
  })
}

function selection(model: IndexedModel, select: unknown, names: Set<string>): boolean {
  if (!isLiteral(select)) return false
  return Object.entries(select).every(([name, flag]) => !flag || (flag === true && add(model, name, names)))
}

/** Of `count` and `_count`. */
function counted(model: IndexedModel, fields: unknown, names: Set<string>): boolean {
  if (fields === true || fields === undefined) return true
  if (!isLiteral(fields)) return false
  return Object.entries(fields).every(([name, flag]) => !flag || name === '_all' || add(model, name, names))
}

const AGGREGATES = ['_count', '_sum', '_avg', '_min', '_max']

function aggregates(model: IndexedModel, args: Record<string, unknown>, names: Set<string>): boolean {
  return AGGREGATES.every((name) => {
    // Sums of floats depend on the order in which the rows lie.
    const adds = name === '_sum' || name === '_avg'
    const fields = args[name]
    if (adds && isLiteral(fields) && Object.keys(fields).some((one) => scalar(model, one)?.type === 'Float'))
      return false
    return counted(model, fields, names)
  })
}

/** By fields, or by aggregates of fields. */
function order(model: IndexedModel, orderBy: unknown, names: Set<string>): boolean {
  return listOf(orderBy).every(
    (part) =>
      isLiteral(part) &&
      Object.entries(part).every(([name, how]) => {
        if (how === undefined) return true
        return AGGREGATES.includes(name) ? order(model, how, names) : add(model, name, names)
      }),
  )
}

/** Is no row equal to another in it? */
function isTotal({ facts }: IndexedModel, orderBy: unknown): boolean {
  const by = new Set(listOf(orderBy).flatMap((part) => (isLiteral(part) ? Object.keys(part) : [])))
  const nullable = (name: string) => facts.fields.find((field) => field.name === name)?.nullable !== false
  const keys = [facts.primaryKey, ...facts.uniques.filter((one) => !one.fields.some(nullable))]
  return keys.some((key) => key?.fields.every((name) => by.has(name)))
}

function namesOf(model: IndexedModel, fields: unknown, names: Set<string>): boolean {
  return listOf(fields).every((name) => add(model, name, names))
}

function add(model: IndexedModel, name: unknown, names: Set<string>): boolean {
  if (!scalar(model, name)) return false
  names.add(name as string)
  return true
}

function isValue(value: unknown): boolean {
  if (value === null || typeof value !== 'object') return typeof value !== 'function' && typeof value !== 'symbol'
  if (value instanceof Date || value instanceof Uint8Array || Decimal.isDecimal(value)) return true
  if (Array.isArray(value)) return value.every(isValue)
  return isLiteral(value) && Object.values(value).every(isValue)
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined) return []
  return Array.isArray(value) ? value : [value]
}
