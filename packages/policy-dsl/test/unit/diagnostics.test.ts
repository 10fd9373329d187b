import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { argumentsNotAvailable, fieldAnnotationsNotAvailable } from '../../src/grammar/not-available.js'
import { codes, compileSchema, formatDiagnostics } from '../../src/index.js'
import { compileFiles } from '../support/compile.js'
import { getDmmf } from '../support/get-dmmf.js'
import { withoutGate } from '../support/lift-gate.js'

/**
 * What is refused by name in this version hides what would be said of it; the second folder holds that. The third is about
 * generators and datasource.
 */
const folders = {
  diagnostics: (name: string) => compile('diagnostics', name),
  'behind-the-gate': (name: string) => withoutGate(() => compile('behind-the-gate', name)),
  setup: (name: string) => {
    const files = [read('setup', name)]
    return compileSchema({ files, dmmf: getDmmf(files), setup: { env: { OUT: '../generated/of-environment' } } })
  },
} as const
type Folder = keyof typeof folders

const pathOf = (folder: Folder, name: string) => join(import.meta.dirname, '../fixtures', folder, name)
const read = (folder: Folder, name: string) => ({
  path: `${name}.prisma`,
  text: readFileSync(pathOf(folder, `${name}.prisma`), 'utf8'),
})
const compile = (folder: Folder, name: string) => compileFiles(read(folder, name))

const fixtures = (Object.keys(folders) as Folder[]).flatMap((folder) =>
  readdirSync(pathOf(folder, ''))
    .filter((name) => name.endsWith('.prisma'))
    .map((name) => [name.replace('.prisma', ''), folder] as const),
)

// The text is the product: a pair of files holds a schema and every word that is said about it.
// UPDATE_FIXTURES=1 writes the second of each pair anew; read the difference before you commit it.
test.each(fixtures)('%s (%s)', (name, folder) => {
  const { policySet, diagnostics } = folders[folder](name)
  expect(policySet === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'))
  const printed = `${formatDiagnostics(diagnostics)}\n`
  const expected = pathOf(folder, `${name}.txt`)
  if (process.env.UPDATE_FIXTURES) writeFileSync(expected, printed)
  expect(printed).toBe(readFileSync(expected, 'utf8'))
  expect(diagnostics.map(({ code }) => code)).toContain(name.slice(0, 6))
})

test('every code of a schema has a fixture', () => {
  const refuses = [...argumentsNotAvailable, ...fieldAnnotationsNotAvailable].length > 0
  // PC2406 is about the file system: generate.test.ts.
  const others = ['PC2406', ...(refuses ? [] : ['PC2112'])]
  const ofSchemas = Object.keys(codes).filter((code) => /^PC2[124]/.test(code) && !others.includes(code))
  expect(ofSchemas.filter((code) => !fixtures.some(([name]) => name.startsWith(code)))).toEqual([])
})
