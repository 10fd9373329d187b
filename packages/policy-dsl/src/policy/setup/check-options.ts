import { didYouMean, listWords } from '../../diagnostics/nearest.js'
import type { Problem } from '../../diagnostics/problem.js'
import type { Block } from '../../syntax/schema-outline.js'
import { readSettings, type Setting } from './read-settings.js'

/** The same names and values as those of the generator `prisma-client`. */
export const generatorOptions: Readonly<Record<string, readonly string[]>> = {
  generatedFileExtension: ['ts', 'mts', 'cts'],
  importFileExtension: ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', ''],
  moduleFormat: ['esm', 'cjs', 'commonjs'],
}

/** What Prisma takes of every generator. */
const ofPrisma = ['provider', 'output', 'binaryTargets', 'previewFeatures']

/** A misspelled option would do nothing without a word. */
export function checkOptions(generator: Block): readonly Problem[] {
  return readSettings(generator)
    .filter(({ key }) => !ofPrisma.includes(key))
    .flatMap((setting) => checkOption(generator.name, setting))
}

function checkOption(generator: string, { key, keySpan, written, valueSpan, value }: Setting): readonly Problem[] {
  const values = Object.hasOwn(generatorOptions, key) ? generatorOptions[key] : undefined
  if (values === undefined) {
    const message = `the generator \`${generator}\` has no option \`${key}\``
    return [{ code: 'PC2403', span: keySpan, message, label: didYouMean(key, optionNames) }]
  }
  if (value !== undefined && values.includes(value)) return []
  const message = `${written} is not a value of \`${key}\` of the generator \`${generator}\``
  const label = `expected ${listWords(values.map((one) => JSON.stringify(one)))}`
  return [{ code: 'PC2403', span: valueSpan.start < valueSpan.end ? valueSpan : keySpan, message, label }]
}

const optionNames = ['output', ...Object.keys(generatorOptions)]
