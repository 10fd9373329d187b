import type { ScalarField } from './policy-set.js'

/** Native types of text whose equality is not that of the text that the client holds. */
const inexact: readonly string[] = ['Citext', 'Char', 'Bit', 'VarBit', 'Inet', 'Xml']
const exact: readonly string[] = ['String', 'Int', 'BigInt', 'Enum']

/**
 * Do two values that Postgres takes for the same always have the same text? Only then may a key be made of it: else a write
 * under one spelling would miss what was cached under the other.
 */
export function hasExactEquality({ type, list, nativeType }: ScalarField): boolean {
  return exact.includes(type) && !list && !(nativeType && inexact.includes(nativeType[0]))
}

/** As the schema has it: `Decimal`, `String[]`, `String @db.Citext`. */
export function typeText({ type, enumName, list, nullable, nativeType }: ScalarField): string {
  const native = nativeType ? ` @db.${nativeType[0]}` : ''
  return `${enumName ?? type}${list ? '[]' : nullable ? '?' : ''}${native}`
}
