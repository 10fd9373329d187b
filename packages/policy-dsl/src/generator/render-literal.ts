const widest = 110
const identifier = /^[A-Za-z_$][\w$]*$/

/** A JSON value as a TypeScript literal, short parts on one line: a field of a model then is a line of a diff. */
export function renderLiteral(value: unknown, indent = ''): string {
  const oneLine = renderFlat(value, widest - indent.length)
  if (oneLine !== undefined) return oneLine
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    return `[\n${value.map((item) => `${inner}${renderLiteral(item, inner)},\n`).join('')}${indent}]`
  }
  const entries = definedEntries(value).map(
    ([key, part]) => `${inner}${renderKey(key)}: ${renderLiteral(part, inner)},\n`,
  )
  return `{\n${entries.join('')}${indent}}`
}

/** Undefined where it takes more room: a large value is looked into no further than one line goes. */
function renderFlat(value: unknown, room: number): string | undefined {
  if (typeof value !== 'object' || value === null) return within(JSON.stringify(value), room)
  const isList = Array.isArray(value)
  const [open, close] = isList ? ['[', ']'] : ['{ ', ' }']
  let text = open
  for (const [key, part] of isList ? value.entries() : definedEntries(value)) {
    const name = `${text === open ? '' : ', '}${typeof key === 'number' ? '' : `${renderKey(key)}: `}`
    const rendered = renderFlat(part, room - text.length - name.length - close.length)
    if (rendered === undefined) return undefined
    text += name + rendered
  }
  return within(text === '{ ' ? '{}' : text + close, room)
}

function within(text: string, room: number): string | undefined {
  return text.length <= room ? text : undefined
}

function definedEntries(value: object): [string, unknown][] {
  return Object.entries(value).filter(([, part]) => part !== undefined)
}

function renderKey(key: string): string {
  return identifier.test(key) ? key : JSON.stringify(key)
}
