import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'

/** The primary key that a row id was made of, as field texts. The inverse of `planner/row-id.ts`. */
export function keyOfRow(facts: ModelFacts, row: string): Readonly<Record<string, string>> {
  const names = facts.primaryKey?.fields ?? []
  const parts = splitId(row)
  if (names.length === 0 || parts.length !== names.length) {
    throw new Error(`${JSON.stringify(row)} does not name a row of ${facts.name}: was its primary key changed?`)
  }
  const key: Record<string, string> = {}
  for (const [i, name] of names.entries()) key[name] = keyText(facts, name, parts[i]!)
  return key
}

function keyText(facts: ModelFacts, name: string, part: string): string {
  const type: ScalarField['type'] | undefined = facts.fields.find((field) => field.name === name)?.type
  return type === 'String' || type === 'Enum' ? `=${part}` : part
}

/** Parts are separated by `,`; a backslash keeps the character after it. */
function splitId(row: string): string[] {
  const parts: string[] = []
  let part = ''
  for (let i = 0; i < row.length; i++) {
    const char = row[i]!
    if (char === '\\') part += row[++i] ?? ''
    else if (char === ',') {
      parts.push(part)
      part = ''
    } else part += char
  }
  return [...parts, part]
}
