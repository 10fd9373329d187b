import type { AnswerPlan, RowPlan } from './plan-read.js'

/** What questions have in common that differ in their values only; a row is one, whatever is selected of it. */
export function argumentShape(plan: RowPlan | AnswerPlan, operation: string, args: unknown): string {
  return plan.kind === 'row' ? 'row' : `${operation} ${shapeOf(args)}`
}

function shapeOf(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `[${shapeOf(value[0])}]`
  if (value === null || typeof value !== 'object') return '?'
  const prototype = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return '?'
  const parts = Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [`${key}:${shapeOf(item)}`]))
  return `{${parts.sort().join(',')}}`
}
