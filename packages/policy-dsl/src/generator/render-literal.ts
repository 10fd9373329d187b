const widest = 110
const identifier = /^[A-Za-z_$][\w$]*$/

/** A JSON value as a TypeScript literal, short parts on one line: a field of a model then is a line of a diff. */
export function renderLiteral(value: unknown, indent = ''): string {
  const oneLine = renderFlat(value)
  if (typeof value !== 'object' || value === null || indent.length + oneLine.length <= widest) return oneLine
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => `${inner}${renderLiteral(item, inner)},\n`).join('')}${indent}]`
  }
  const entries = definedEntries(value).map(
    ([key, part]) => `${inner}${renderKey(key)}: ${renderLiteral(part, inner)},\n`,
  )
  return `{\n${entries.join('')}${indent}}`
}

function renderFlat(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(renderFlat).join(', ')}]`
  const entries = definedEntries(value).map(([key, part]) => `${renderKey(key)}: ${renderFlat(part)}`)
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`
}

function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, part]) => part !== undefined)
}

function renderKey(key: string): string {
  return identifier.test(key) ? key : JSON.stringify(key)
}
