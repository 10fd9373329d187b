import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { codes, formatDiagnostics } from '../../src/index.js'
import { compileFiles } from '../support/compile.js'

const folder = join(import.meta.dirname, '../fixtures/diagnostics')
const fixtures = readdirSync(folder)
  .filter((name) => name.endsWith('.prisma'))
  .map((name) => name.replace('.prisma', ''))

function print(name: string): { readonly text: string; readonly codes: Set<string> } {
  const compiled = compileFiles({ path: `${name}.prisma`, text: readFileSync(join(folder, `${name}.prisma`), 'utf8') })
  const failed = compiled.diagnostics.some(({ severity }) => severity === 'error')
  expect(compiled.policySet === undefined).toBe(failed)
  return {
    text: `${formatDiagnostics(compiled.diagnostics)}\n`,
    codes: new Set(compiled.diagnostics.map(({ code }) => code)),
  }
}

// The text is the product: a pair of files holds a schema and every word that is said about it.
// UPDATE_FIXTURES=1 writes the second of each pair anew; read the difference before you commit it.
test.each(fixtures)('%s', (name) => {
  const printed = print(name)
  const expected = join(folder, `${name}.txt`)
  if (process.env.UPDATE_FIXTURES) writeFileSync(expected, printed.text)
  expect(printed.text).toBe(readFileSync(expected, 'utf8'))
  expect([...printed.codes]).toContain(name.slice(0, 6))
})

test('every code of a schema has a fixture', () => {
  const ofSchemas = Object.keys(codes).filter((code) => /^PC2[12]/.test(code))
  expect(ofSchemas.filter((code) => !fixtures.some((name) => name.startsWith(code)))).toEqual([])
})
