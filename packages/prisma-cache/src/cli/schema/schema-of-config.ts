import { posix } from 'node:path'

/** What a Prisma config says of its schema, read from its text: it is a program, and running it is not ours to do. */
export type ConfiguredSchema =
  /** Relative to the folder of the config, unless it is absolute. */
  { readonly kind: 'path'; readonly path: string } | { readonly kind: 'computed' } | { readonly kind: 'none' }

/** A string or a bare `schema`; strings are matched so that no word inside of one is taken for a key. */
const words = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`|(?<![\w$.])schema(?![\w$])/g
const literal = /^(?:'([^'\\\n]*)'|"([^"\\\n]*)"|`([^`\\$]*)`)/
const joined = /^(?:path\.|nodePath\.)?(?:join|resolve)\(([^()]*)\)/
const folder = /^(?:__dirname|import\.meta\.dirname|process\.cwd\(\))$/

export function schemaOfConfig(config: string): ConfiguredSchema {
  const text = withoutComments(config)
  const rest = behindKey(text)
  if (rest === undefined) return { kind: 'none' }
  const path = rest.startsWith(':') ? pathOf(rest.slice(1).trim().replace('process.cwd()', '__dirname')) : undefined
  return path === undefined ? { kind: 'computed' } : { kind: 'path', path }
}

/** The text from the colon on, or from what shows that the key stands for a variable of its name. */
function behindKey(text: string): string | undefined {
  for (const match of text.matchAll(words)) {
    const rest = text.slice(match.index + match[0].length).trimStart()
    const isKey = match[0] === 'schema' ? /^[:,}]/ : /^:/
    if (/^["']?schema["']?$/.test(match[0]) && isKey.test(rest)) return rest
  }
  return undefined
}

function pathOf(value: string): string | undefined {
  const text = literalOf(value)
  if (text !== undefined) return endsThere(value, literal) ? text : undefined
  const parts = joined
    .exec(value)?.[1]
    ?.split(',')
    .map((part) => part.trim())
  if (parts === undefined || !endsThere(value, joined)) return undefined
  const names = parts.filter((part, i) => part !== '' && !(i === 0 && folder.test(part))).map(literalOf)
  return names.every((name) => name !== undefined) && names.length > 0 ? posix.join(...names) : undefined
}

function literalOf(value: string): string | undefined {
  const [, ...quoted] = literal.exec(value) ?? []
  return quoted.find((text) => text !== undefined)
}

/** `'prisma' + name` begins with a literal and is none. */
function endsThere(value: string, pattern: RegExp): boolean {
  return /^\s*(?:[,}]|$)/.test(value.slice(pattern.exec(value)?.[0].length ?? 0))
}

/** A comment is blanked out; `//` in a string is part of it. */
function withoutComments(text: string): string {
  const parts = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\[\s\S])*`)|\/\/[^\n]*|\/\*[\s\S]*?\*\//g
  return text.replace(parts, (_, string?: string) => string ?? ' ')
}
