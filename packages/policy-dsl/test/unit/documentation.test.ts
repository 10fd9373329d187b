import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { maxReplicas } from '../../src/grammar/durability.js'
import { nearLimits } from '../../src/grammar/near.js'
import { argumentsNotAvailable, fieldAnnotationsNotAvailable } from '../../src/grammar/not-available.js'
import { fractionLimits, maxStaleWindow } from '../../src/grammar/read-mode.js'
import { argumentsOf, defaultOf, limits, strategyWords } from '../../src/grammar/strategies.js'
import { codes } from '../../src/index.js'
import { printValue } from '../../src/syntax/print-annotation.js'
import { compileModels } from '../support/compile.js'
import { withoutGate } from '../support/lift-gate.js'

const docs = join(import.meta.dirname, '../../../../docs')
const policies = readFileSync(join(docs, 'policies.md'), 'utf8')
const errors = readFileSync(join(docs, 'errors.md'), 'utf8')

const rows = strategyWords.flatMap((strategy) => Object.entries(argumentsOf(strategy)))
const words = new Set([
  ...strategyWords.map((word) => `@cache.${word}`),
  ...rows.map(([name]) => name),
  ...rows.flatMap(([, { type }]) => type.words),
  ...argumentsNotAvailable,
  ...fieldAnnotationsNotAvailable.map((word) => `@cache.${word}`),
])

const codeSpans = [...policies.replace(/^```.*?^```/gms, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)

test.each([...words])('the page of policies knows `%s`', (word) => {
  const whole = new RegExp(`(?<![A-Za-z.@])${word}(?![A-Za-z])`)
  expect(codeSpans.some((code) => whole.test(code))).toBe(true)
})

const lineOf = (name: string) => policies.split('\n').find((text) => text.startsWith(`| \`${name}\` |`)) ?? ''
const cellsOf = (name: string) => lineOf(name).split(' | ')
const everyRow = strategyWords.flatMap((strategy) =>
  Object.entries(argumentsOf(strategy)).map(([name, row]) => [strategy, name, row] as const),
)

test.each(everyRow)('the row of an argument states its default: %s, %s', (_, name, row) => {
  expect(cellsOf(name)[3]).toContain(`\`${printValue(row.type.print(defaultOf(row, {})))}\``)
})

test.each([
  ...Object.entries(limits),
  ...[['near', nearLimits.max] as const, ['near', nearLimits.ttl] as const, ['durability', maxReplicas] as const],
  ...[['read', fractionLimits.min] as const, ['read', fractionLimits.max] as const, ['read', maxStaleWindow] as const],
])('the row of `%s` states its limit %s', (name, limit) => {
  expect(cellsOf(name)[4]).toMatch(new RegExp(`(?<![\\w.])${limit}(?![\\w.])`))
})

test('the schemas on the page of policies are right', () => {
  const blocks = [...policies.matchAll(/^```prisma\n(.*?)^```/gms)].map(([, text = '']) => text)
  expect(blocks.length).toBeGreaterThan(1)
  const whole = blocks.filter((text) => !text.includes('…'))
  for (const text of whole) expect(withoutGate(() => compileModels(text)).diagnostics).toEqual([])
})

test('what is not available is listed, and nothing else', () => {
  const [, section = ''] = policies.split('\n## Not available in this version\n')
  const listed = [...section.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code)
  const gated = [...argumentsNotAvailable, ...fieldAnnotationsNotAvailable.map((word) => `@cache.${word}`)]
  expect(listed.toSorted()).toEqual(gated.toSorted())
})

test.each(Object.entries(codes))('the page of errors has a section for %s', (code, { title, severity }) => {
  const [, section] = errors.split(`\n### ${code}: ${title}\n`)
  expect(section).toBeDefined()
  if (severity === 'warning') expect(section?.split('\n### ')[0]).toContain('A warning')
})
