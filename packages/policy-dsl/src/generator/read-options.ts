import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { GeneratorOptions } from '@prisma/generator-helper'
import { didYouMean, listWords } from '../diagnostics/nearest.js'

/** The same names and values as those of the generator `prisma-client`. */
const choices: Readonly<Record<string, readonly string[]>> = {
  generatedFileExtension: ['ts', 'mts', 'cts'],
  importFileExtension: ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', ''],
  moduleFormat: ['esm', 'cjs', 'commonjs'],
}

export interface ModuleOptions {
  /** Absolute path of the module. */
  readonly path: string
  /** Is the module of an ES module imported by a file that may be CommonJS? TypeScript wants to be told then. */
  readonly mayBeCommonJs: boolean
}

/** @throws Error PC2401 without an output folder, PC2403 for an option or a value that the generator does not take */
export async function readOptions(generator: GeneratorOptions['generator']): Promise<ModuleOptions> {
  const { name, config } = generator
  const output = generator.output?.value
  if (!output) {
    throw new Error(
      `error[PC2401]: the generator \`${name}\` has no output folder\n  add \`output = "../generated/cache"\``,
    )
  }
  for (const [option, value] of Object.entries(config ?? {})) checkOption(name, option, value)
  const extension = config?.generatedFileExtension ?? 'ts'
  const format = config?.moduleFormat ?? formatOf[String(extension)] ?? (await formatOfFolder(output))
  return { path: join(output, `index.${String(extension)}`), mayBeCommonJs: format !== 'esm' }
}

const formatOf: Readonly<Record<string, string>> = { mts: 'esm', cts: 'cjs' }

function checkOption(generator: string, option: string, value: unknown): void {
  const values = Object.hasOwn(choices, option) ? choices[option] : undefined
  if (values === undefined) {
    const next = didYouMean(option, ['output', ...Object.keys(choices)])
    throw new Error(`error[PC2403]: the generator \`${generator}\` has no option \`${option}\`\n  ${next}`)
  }
  if (typeof value === 'string' && values.includes(value)) return
  const shown = JSON.stringify(value)
  throw new Error(
    `error[PC2403]: ${shown} is not a value of \`${option}\` of the generator \`${generator}\`\n  expected ${listWords(values.map((one) => JSON.stringify(one)))}`,
  )
}

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
