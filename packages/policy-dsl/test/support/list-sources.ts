import { readdirSync } from 'node:fs'
import { join } from 'node:path'

export const sourceFolder = join(import.meta.dirname, '../../src')

/** Paths of the package's sources, relative to `src`. */
export function listSources(): string[] {
  return readdirSync(sourceFolder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
}
