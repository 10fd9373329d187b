import type { EnumFacts, ScalarField } from '@prisma-cache/policy-dsl'

export type Enums = Readonly<Record<string, EnumFacts>>

/** The text of a field, as Redis holds it, as JSON that `json_populate_recordset` casts to the column's type. */
export function toPgJson(field: ScalarField, text: string, enums: Enums): string {
  if (text === '') return 'null'
  if (field.list) {
    const items = JSON.parse(text) as string[]
    // As one literal: a JSON list would lose the difference between a list of Json lists and a matrix.
    return JSON.stringify(`{${items.map((item) => quoteElement(toPgText(field, item, enums))).join(',')}}`)
  }
  return field.type === 'Json' ? text : JSON.stringify(toPgText(field, text, enums))
}

/** JSON's own null in a Json column: `json_populate_recordset` would make it SQL's. */
export function isJsonNull(field: ScalarField, text: string): boolean {
  return field.type === 'Json' && !field.list && text === 'null'
}

function toPgText(field: ScalarField, text: string, enums: Enums): string {
  switch (field.type) {
    case 'String':
      return text.slice(1)
    case 'Enum':
      return enums[field.enumName ?? '']?.values[text.slice(1)] ?? text.slice(1)
    case 'Boolean':
      return text === '1' ? 'true' : 'false'
    case 'DateTime':
      return dateText(field, new Date(Number(text)))
    case 'Bytes':
      return `\\x${Buffer.from(text.slice(1), 'base64').toString('hex')}`
    case 'Int':
    case 'BigInt':
    case 'Float':
    case 'Decimal':
    case 'Json':
      return text
    case 'Unsupported':
      throw new TypeError(`field ${field.name} has a type that Prisma cannot read`)
  }
}

/** Without an offset, as Prisma's adapter sends it: both mean the session's time zone, so both store the same. */
function dateText(field: ScalarField, date: Date): string {
  const iso = date.toISOString()
  // Beyond the year 9999 ISO has six digits and a sign; Postgres takes the digits alone.
  const day = iso.slice(0, iso.indexOf('T')).replace(/^\+0*/, '')
  const time = iso.slice(iso.indexOf('T') + 1, -1)
  switch (field.nativeType?.[0]) {
    case 'Date':
      return day
    case 'Time':
    case 'Timetz':
      return time
    default:
      return `${day} ${time}`
  }
}

function quoteElement(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`
}
