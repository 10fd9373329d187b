/** A program's text, and the same with comments and the insides of strings blanked out: offsets are those of both. */
export interface MaskedProgram {
  readonly text: string
  readonly masked: string
}

const opaque = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g

export function maskProgram(config: string): MaskedProgram {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ')
  return {
    text: config.replace(opaque, (part) => (part.startsWith('/') ? blank(part) : part)),
    masked: config.replace(opaque, (part) =>
      part.startsWith('/') ? blank(part) : part[0] + blank(part.slice(1, -1)) + part[0],
    ),
  }
}

const called = String.raw`(?:[\w$.]+\s*(?:<[^>]*>\s*)?\(\s*|\(\s*)*`
const exported = /(?:export\s+default|module\.exports\s*=|exports\.default\s*=|export\s*=)\s*/
const renamed = /export\s*\{[^}]*?([\w$]+)\s+as\s+default\b/

/** Where the `{` of the object stands that the program exports, as it is or as the argument of `defineConfig`. */
export function exportedObject(masked: string): number | undefined {
  const at = exported.exec(masked)
  if (at) {
    const start = at.index + at[0].length
    const direct = objectAt(masked, start)
    if (direct !== undefined) return direct
    const name = /^[\w$]+/.exec(masked.slice(start))?.[0]
    return name === undefined ? undefined : objectOf(masked, name)
  }
  const name = renamed.exec(masked)?.[1]
  return name === undefined ? undefined : objectOf(masked, name)
}

function objectAt(masked: string, start: number): number | undefined {
  const found = new RegExp(`^${called}\\{`).exec(masked.slice(start))
  return found ? start + found[0].length - 1 : undefined
}

function objectOf(masked: string, name: string): number | undefined {
  const declared = new RegExp(`(?:const|let|var)\\s+${name.replaceAll('$', '\\$')}\\s*(?::[^=]*)?=\\s*`).exec(masked)
  return declared ? objectAt(masked, declared.index + declared[0].length) : undefined
}

/**
 * The text behind `key:` of an object, up to the end of the program; `unknown` where it stands for a variable, or where
 * what is spread into the object may hold it.
 */
export function topLevelValue(
  { text, masked }: MaskedProgram,
  root: number,
  key: string,
): string | 'absent' | 'unknown' {
  let found: string | 'absent' | 'unknown' = 'absent'
  let depth = 0
  for (let i = root; i < masked.length; i++) {
    const character = masked[i]!
    if ('([{'.includes(character)) depth++
    if (')]}'.includes(character)) depth--
    if (depth === 0) break
    if (depth !== 1 || (character !== ',' && i !== root)) continue
    const rest = text.slice(i + 1).trimStart()
    const [whole] = new RegExp(`^(?:["']${key}["']|${key})(?=\\s*[:,}(])`).exec(rest) ?? []
    if (whole !== undefined) {
      const behind = rest.slice(whole.length).trimStart()
      found = behind.startsWith(':') ? behind.slice(1).trimStart() : 'unknown'
    } else if (rest.startsWith('...')) found = 'unknown'
  }
  return found
}
