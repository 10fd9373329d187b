const widest = 110
const identifier = /^[A-Za-z_$][\w$]*$/

/** A JSON value as a TypeScript literal, short parts on one line: a field of a model then is a line of a diff. */
export function renderLiteral(value: unknown, indent = ''): string {
  const oneLine = renderFlat(value, widest - indent.length)
  if (oneLine !== undefined) return oneLine
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = `${indent}  `
  if (Array.isArray(value)) {
    let text = '[\n'
    for (const item of value) text += `${inner}${renderLiteral(item, inner)},\n`
    return `${text}${indent}]`
  }
  let text = '{\n'
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key]
    if (part !== undefined) text += `${inner}${renderKey(key)}: ${renderLiteral(part, inner)},\n`
  }
  return `${text}${indent}}`
}

/** Undefined where it takes more room: a large value is looked into no further than one line goes. */
function renderFlat(value: unknown, room: number): string | undefined {
  if (typeof value !== 'object' || value === null) return within(JSON.stringify(value), room)
  let text = ''
  if (Array.isArray(value)) {
    for (const item of value) {
      const rendered = renderFlat(item, room - text.length - 2)
      if (rendered === undefined) return undefined
      text += text === '' ? rendered : `, ${rendered}`
    }
    return within(`[${text}]`, room)
  }
  for (const key of Object.keys(value)) {
    const part = (value as Record<string, unknown>)[key]
    if (part === undefined) continue
    const name = `${text === '' ? '' : ', '}${renderKey(key)}: `
    const rendered = renderFlat(part, room - text.length - name.length - 4)
    if (rendered === undefined) return undefined
    text += name + rendered
  }
  return within(text === '' ? '{}' : `{ ${text} }`, room)
}

function within(text: string, room: number): string | undefined {
  return text.length <= room ? text : undefined
}

const keys = new Map<string, string>()

/** Few keys stand in it thousands of times. */
function renderKey(key: string): string {
  let text = keys.get(key)
  if (text === undefined) {
    text = identifier.test(key) ? key : JSON.stringify(key)
    keys.set(key, text)
  }
  return text
}
