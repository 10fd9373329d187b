import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { printDuration } from '../../src/grammar/duration.js'
import { argumentsNotAvailable, fieldAnnotationsNotAvailable } from '../../src/grammar/not-available.js'
import { argumentsOf, limits, strategyWords } from '../../src/grammar/strategies.js'
import { codes } from '../../src/index.js'
import { printValue } from '../../src/syntax/print-annotation.js'

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

test.each([...new Map(rows).entries()])('the row of `%s` states its default', (name, { type, default: value }) => {
  const line = policies.split('\n').find((text) => text.startsWith(`| \`${name}\` |`))
  expect(line).toContain(`| \`${printValue(type.print(value))}\` |`)
})

test('the page of policies states the limits', () => {
  for (const limit of Object.values(limits)) expect(policies).toContain(typeof limit === 'number' ? `${limit}` : limit)
  expect(printDuration(300_000)).toBe('5m')
})

test.each(Object.entries(codes))('the page of errors has a section for %s', (code, { title, severity }) => {
  const [, section] = errors.split(`\n### ${code}: ${title}\n`)
  expect(section).toBeDefined()
  if (severity === 'warning') expect(section?.split('\n### ')[0]).toContain('A warning')
})
