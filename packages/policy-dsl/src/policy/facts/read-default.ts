import type { DMMF } from '@prisma/generator-helper'
import type { DefaultMaker } from '../policy-set.js'

const clientFunctions = ['uuid', 'cuid', 'ulid', 'nanoid', 'now'] as const

/**
 * Who makes a field's default. `declaration` is the field's line in the schema: a DMMF carries Decimal literals as
 * JavaScript numbers, which lose digits.
 */
export function readDefault(field: DMMF.Field, declaration: string | undefined): DefaultMaker | undefined {
  const value = field.default
  if (!field.hasDefaultValue || value === undefined) return undefined
  if (isFunction(value)) {
    const fn = clientFunctions.find((name) => name === value.name)
    return fn ? { by: 'client', fn, args: [...value.args] } : { by: 'database' }
  }
  if (field.type !== 'Decimal') return { by: 'literal', value }
  const written = /@default\(\s*\[?([^)\]]*)\]?\s*\)/.exec(declaration ?? '')?.[1]
  const digits = written === undefined ? undefined : (written.match(/[+-]?[\d.]+/g) ?? [])
  if (!Array.isArray(value)) return { by: 'literal', value: digits?.[0] ?? String(value) }
  return { by: 'literal', value: digits?.length === value.length ? digits : value.map(String) }
}

function isFunction(value: NonNullable<DMMF.Field['default']>): value is DMMF.FieldDefault {
  return typeof value === 'object' && !Array.isArray(value)
}
