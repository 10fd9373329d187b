import fc from 'fast-check'
import { createSourceFile } from '../../src/diagnostics/source-file.js'
import { strategyWords } from '../../src/grammar/strategies.js'
import { compileSchema, formatDiagnostics, type ModelPolicy, printPolicy } from '../../src/index.js'
import type { AnnotationNode } from '../../src/syntax/annotation.js'
import { parseAnnotations } from '../../src/syntax/parse-annotations.js'
import { type PrintableAnnotation, type PrintableValue, printAnnotation } from '../../src/syntax/print-annotation.js'
import { policySetOf } from '../support/compile.js'
import { getDmmf } from '../support/get-dmmf.js'

const dmmf = getDmmf([
  { path: 'a.prisma', text: 'datasource db {\n  provider = "postgresql"\n}\nmodel A {\n  id String @id\n}\n' },
])

/** Text made of pieces that the parser cares about, so that chance reaches its corners. */
const nearly = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '/// ',
          '///',
          '// ',
          '/*',
          '*/',
          '@cache.',
          '@cache',
          ...strategyWords,
          'ttl',
          'replicated',
          'near',
          'strong',
        ],
        ...[
          '(',
          ')',
          '[',
          ']',
          '{',
          '}',
          ':',
          ',',
          '=',
          '"',
          '\\',
          ' ',
          '\t',
          '\n',
          '\r\n',
          '\r',
          '\n\n',
          '5m',
          '-1',
          '🎉',
          '\ud800',
        ],
        ...['model A {\n', '\n}\n', 'enum E {\n', 'view V {\n', '  id Int @id', '@@ignore'],
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''))

test('no text makes the compiler throw, and every diagnostic lies inside its file', () => {
  fc.assert(
    fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), (text) => {
      const { diagnostics } = compileSchema({ files: [{ path: 'a.prisma', text }], dmmf })
      const { lines } = createSourceFile({ path: 'a.prisma', text })
      for (const { line, column, length, source } of diagnostics) {
        const { start, end } = lines[line - 1]!
        expect(source).toBe(text.slice(start, end))
        expect(column).toBeGreaterThanOrEqual(1)
        expect(column + length).toBeLessThanOrEqual([...source].length + 2)
      }
      formatDiagnostics(diagnostics)
    }),
    { numRuns: 3_000 },
  )
})

test.each([
  ['brackets', '['.repeat(100_000)],
  ['calls', 'a('.repeat(100_000)],
  ['objects', '{a:'.repeat(100_000)],
  ['annotations', '@cache.none '.repeat(20_000)],
  ['quotes', '"'.repeat(100_000)],
  ['words', 'a'.repeat(100_000)],
  ['colons', 'a:'.repeat(50_000)],
  ['commas', ','.repeat(20_000)],
  ['lines', '\n/// @cache.x('.repeat(10_000)],
])('a comment of very many %s ends soon', (_, text) => {
  const begin = performance.now()
  compileSchema({ files: [{ path: 'a.prisma', text: `/// @cache.none(a: ${text}\n)\nmodel A {\n` }], dmmf })
  // Generous: work that grows with the square of the length takes minutes here.
  expect(performance.now() - begin).toBeLessThan(3_000)
})

const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/).map((text) => ({ text }))
const { value } = fc.letrec<{ value: PrintableValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.record({ kind: fc.constant('word' as const), text: name.map(({ text }) => text) }),
    fc.record({ kind: fc.constant('number' as const), text: fc.stringMatching(/^-?\d{1,5}(ms|\.\d|h)?$/) }),
    fc.record({ kind: fc.constant('string' as const), text: fc.stringMatching(/^"[a-z (),:\\"]*"$/).filter(isClosed) }),
    fc.record({ kind: fc.constant('call' as const), name, arguments: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('list' as const), items: fc.array(tie('value'), { maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('object' as const),
      entries: fc.array(fc.record({ name, value: tie('value') }), { maxLength: 3 }),
    }),
  ),
}))

function isClosed(text: string): boolean {
  return /^"(?:[^"\\]|\\.)*"$/.test(text)
}

const annotation: fc.Arbitrary<PrintableAnnotation> = fc
  .record({ name, arguments: fc.array(fc.record({ name, value }), { maxLength: 4 }), parenthesized: fc.boolean() })
  .map((one) => ({ ...one, parenthesized: one.parenthesized || one.arguments.length > 0 }))

test('parsing what was printed gives the same annotation', () => {
  fc.assert(
    fc.property(annotation, (given) => {
      const text = ` ${printAnnotation(given)}`
      const { annotations, problems } = parseAnnotations(text, [{ start: 0, end: text.length }])
      expect(problems).toEqual([])
      expect(annotations.map(withoutSpans)).toEqual([given])
    }),
    { numRuns: 2_000 },
  )
})

function withoutSpans(node: AnnotationNode): unknown {
  return JSON.parse(JSON.stringify(node, (key, part) => (key === 'span' ? undefined : part)))
}

const caching = {
  ttl: fc.integer({ min: 1, max: 31_536_000_000 }),
  consistency: fc.constantFrom('eventual', 'session'),
}
const policy = fc.oneof(
  fc.constant({ strategy: 'none' }),
  fc.record({ strategy: fc.constantFrom('writeThrough', 'writeAround', 'invalidate'), ...caching }),
  fc.record({
    strategy: fc.constant('writeBehind'),
    ...caching,
    flushEvery: fc.integer({ min: 1, max: 3_600_000 }),
    maxBatch: fc.integer({ min: 1, max: 5_000 }),
    durability: fc.oneof(
      fc.constantFrom({ kind: 'memory' }, { kind: 'fsync' }),
      fc.record({ kind: fc.constant('replicated'), replicas: fc.integer({ min: 1, max: 100 }) }),
    ),
  }),
) as fc.Arbitrary<ModelPolicy>

test('compiling a printed policy gives the same policy', () => {
  fc.assert(
    fc.property(policy, (given) => {
      const set = policySetOf(`/// ${printPolicy(given)}\nmodel A {\n  id String @id\n}\n`)
      expect(set.models.A?.policy).toEqual(given)
    }),
    { numRuns: 300 },
  )
})
