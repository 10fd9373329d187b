import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { GeneratorOptions } from '@prisma/generator-helper'

export interface ModuleOptions {
  /** Absolute path of the module. */
  readonly path: string
  /** Is the module of an ES module imported by a file that may be CommonJS? TypeScript wants to be told then. */
  readonly mayBeCommonJs: boolean
}

/** The values of options are checked before, where the schema has them. */
export async function readOptions({ output, config }: GeneratorOptions['generator']): Promise<ModuleOptions> {
  // Prisma has put the default in where the schema names none.
  const folder = output!.value!
  const extension = String(config?.generatedFileExtension ?? 'ts')
  const format = config?.moduleFormat ?? formatOf[extension] ?? (await formatOfFolder(folder))
  return { path: join(folder, `index.${extension}`), mayBeCommonJs: format !== 'esm' }
}

const formatOf: Readonly<Record<string, string>> = { mts: 'esm', cts: 'cjs' }

/** What Node and TypeScript take a `.ts` file there for: as the nearest `package.json` says. */
async function formatOfFolder(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    const text = await readFile(join(at, 'package.json'), 'utf8').catch(() => undefined)
    if (text !== undefined) return typeOf(text) === 'module' ? 'esm' : 'cjs'
    if (dirname(at) === at) return 'cjs'
  }
}

function typeOf(manifest: string): unknown {
  try {
    return (JSON.parse(manifest) as { type?: unknown } | null)?.type
  } catch {
    return undefined
  }
}
