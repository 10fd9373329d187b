import { posix } from 'node:path'
import { exportedObject, maskProgram, topLevelValue } from './config-text.js'

/** What a Prisma config says of its schema, read from its text: it is a program, and running it is not ours to do. */
export type ConfiguredSchema =
  /** Relative to the folder of the config or, with `fromCwd`, to the one that the command is called in; or absolute. */
  | { readonly kind: 'path'; readonly path: string; readonly fromCwd?: true }
  | { readonly kind: 'computed' }
  | { readonly kind: 'none' }

const literal = /^(?:'([^'\\\n]*)'|"([^"\\\n]*)"|`([^`\\$]*)`)/
const joined = /^(?:[\w$]+\.)?(join|resolve)\(([^()]*(?:\(\)[^()]*)?)\)/
const folder = /^(?:__dirname|import\.meta\.dirname)$/

export function schemaOfConfig(config: string): ConfiguredSchema {
  const program = maskProgram(config)
  const root = exportedObject(program.masked)
  if (root === undefined) return { kind: /\bexports?\b/.test(program.masked) ? 'computed' : 'none' }
  const found = topLevelValue(program, root, 'schema')
  if (found === 'absent') return { kind: 'none' }
  return (found === 'unknown' ? undefined : pathOf(found)) ?? { kind: 'computed' }
}

function pathOf(value: string): ConfiguredSchema | undefined {
  const text = literalOf(value)
  if (text !== undefined) return endsThere(value, literal) ? { kind: 'path', path: text } : undefined
  const [, how, written] = joined.exec(value) ?? []
  if (written === undefined || !endsThere(value, joined)) return undefined
  const parts = written.split(',').map((part) => part.trim())
  const [first = ''] = parts
  const isBased = folder.test(first) || first === 'process.cwd()'
  const names = parts
    .slice(isBased ? 1 : 0)
    .filter((part) => part !== '')
    .map(literalOf)
  if (names.length === 0 || !names.every((name) => name !== undefined)) return undefined
  // `resolve` of names alone begins where the command is called.
  const fromCwd = first === 'process.cwd()' || (how === 'resolve' && !isBased)
  return { kind: 'path', path: posix.join(...names), ...(fromCwd ? { fromCwd } : {}) }
}

function literalOf(value: string): string | undefined {
  const [, ...quoted] = literal.exec(value) ?? []
  return quoted.find((text) => text !== undefined)
}

/** `'prisma' + name` begins with a literal and is none. */
function endsThere(value: string, pattern: RegExp): boolean {
  return /^\s*(?:[,}]|$)/.test(value.slice(pattern.exec(value)?.[0].length ?? 0))
}
