import { Decimal, isObjectEnumValue } from '@prisma/client/runtime/client'
import { FieldReference, type Operation } from '../operation.js'

/** A log as source text: paste it, and it is the log again. */
export function printLog(log: readonly Operation[]): string {
  return `[\n${log.map((operation) => `  ${source(operation)},`).join('\n')}\n]`
}

/** A regression, ready to be pasted into `src/regressions.ts`. */
export function printRegression(
  log: readonly Operation[],
  round: { schema: string; mode: string; seed: number },
): string {
  const { schema, mode, seed } = round
  return `{
  cause: '',
  schema: '${schema}',
  mode: '${mode}',
  seed: ${seed},
  log: ${printLog(log).replaceAll('\n', '\n  ')},
},`
}

function source(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
    case 'bigint':
      return `${value}n`
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'object':
      return value === null ? 'null' : ofObject(value)
    default:
      return String(value)
  }
}

function ofObject(value: object): string {
  if (Array.isArray(value)) return `[${value.map(source).join(', ')}]`
  if (value instanceof Date) return `new Date('${value.toISOString()}')`
  if (value instanceof Decimal) return `new Decimal('${value.toString()}')`
  if (value instanceof Uint8Array) return `new Uint8Array([${value.join(', ')}])`
  if (value instanceof FieldReference) return `new FieldReference('${value.model}', '${value.field}')`
  if (isObjectEnumValue(value)) return value.toString().replace('Prisma.', '')
  const parts = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .map(([key, item]) => `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : source(key)}: ${source(item)}`)
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`
}
