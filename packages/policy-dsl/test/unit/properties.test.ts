import fc from 'fast-check'
import { displayWidth } from '../../src/diagnostics/display-width.js'
import { createSourceFile } from '../../src/diagnostics/source-file.js'
import { checkAnnotation } from '../../src/grammar/check-annotation.js'
import { maxReplicas } from '../../src/grammar/durability.js'
import { type DurationText, milliseconds } from '../../src/grammar/duration.js'
import { nearLimits } from '../../src/grammar/near.js'
import { maxStaleWindow } from '../../src/grammar/read-mode.js'
import { argumentsOf, limits, strategyWords } from '../../src/grammar/strategies.js'
import { compileSchema, formatDiagnostic, formatDiagnostics, type ModelPolicy, printPolicy } from '../../src/index.js'
import { policySetSchema } from '../../src/policy/policy-set-schema.js'
import { resolvePolicy } from '../../src/policy/resolve-policy.js'
import type { AnnotationNode } from '../../src/syntax/annotation.js'
import { parseAnnotations } from '../../src/syntax/parse-annotations.js'
import { type PrintableAnnotation, type PrintableValue, printAnnotation } from '../../src/syntax/print-annotation.js'
import { policySetOf } from '../support/compile.js'
import { getDmmf } from '../support/get-dmmf.js'
import { withoutGate } from '../support/lift-gate.js'

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
          ...['auto', 'read', 'refreshAhead(', 'narrowBy', 'dependsOn', 'max', 'version', 'omit', 'scope'],
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

test.each([
  ['in this version', (run: () => void) => run()],
  ['with the whole language', withoutGate],
])('no text makes the compiler throw, and every diagnostic lies inside its file: %s', (_, within) => {
  within(() =>
    fc.assert(
      fc.property(fc.oneof(nearly, fc.string({ unit: 'binary' })), (text) => {
        const { diagnostics } = compileSchema({ files: [{ path: 'a.prisma', text }], dmmf })
        const { lines } = createSourceFile({ path: 'a.prisma', text })
        for (const { line, column, length, source } of diagnostics) {
          const { start, end } = lines[line - 1]!
          expect(source).toBe(text.slice(start, end))
          expect(column).toBeGreaterThanOrEqual(1)
          // One past the end, where what is missing would stand.
          expect(column + length).toBeLessThanOrEqual(source.length + 2)
        }
        formatDiagnostics(diagnostics)
      }),
      { numRuns: 3_000 },
    ),
  )
})

test('a mistake keeps its place behind whatever stands in comments before it', () => {
  const line = nearly.map((text) => text.replace(/[\r\n]/g, ' '))
  const comment = fc.record({ slashes: fc.constantFrom('//', '///', '\t// ', '  /// '), line })
  const junk = fc.record({
    comments: fc.array(comment, { maxLength: 4 }),
    end: fc.constantFrom('\n', '\r\n', '\r'),
    behind: line,
    indent: fc.constantFrom('', ' ', '\t'),
  })
  fc.assert(
    fc.property(junk, ({ comments, end, behind, indent }) => {
      const before = [
        ...comments.map(({ slashes, line }) => slashes + line),
        'model A {',
        `  id String @id @default("/* ü🎉 // {") // ${behind}`,
        ...comments.map(({ slashes, line }) => slashes + line),
        '}',
        '',
      ]
      const text = [...before, `${indent}/// @cache.nope`, 'model B {', '  id String @id', '}', ''].join(end)
      const { diagnostics } = compileSchema({ files: [{ path: 'a.prisma', text }], dmmf })
      const place = { line: before.length + 1, column: indent.length + 12, length: 4, code: 'PC2103' }
      expect(diagnostics.slice(-1)).toEqual([expect.objectContaining(place)])
    }),
    { numRuns: 300 },
  )
})

test('carets stand under what they mark: as many columns before them as the line has', () => {
  const piece = fc.constantFrom('a', 'é', 'e\u0301', '日', '🎉', '👨‍👩‍👧', '🇩🇪', '👍🏽', '❤️', '\t', ' ', '\u200B')
  const text = fc.array(piece, { maxLength: 20 }).map((parts) => parts.join(''))
  fc.assert(
    fc.property(text, fc.array(piece, { minLength: 1, maxLength: 5 }), text, (before, parts, after) => {
      // A word is marked, so it begins with what shows.
      const marked = `w${parts.join('')}`
      const place = { line: 1, column: before.length + 1, length: marked.length, source: before + marked + after }
      const said = { code: 'PC2103', severity: 'error', message: 'm', file: 'f', label: 'l' } as const
      const carets = formatDiagnostic({ ...said, ...place }).split('\n')[4]!
      const [indent] = /^ {2}\| [ \t]*/.exec(carets)!
      const stops = (part: string) => part.split('\t').map(displayWidth)
      expect(stops(indent.slice(4))).toEqual(stops(before))
    }),
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
  const before = process.cpuUsage()
  compileSchema({ files: [{ path: 'a.prisma', text: `/// @cache.none(a: ${text}\n)\nmodel A {\n` }], dmmf })
  const { user, system } = process.cpuUsage(before)
  // Of the processor, whatever else the machine does: work that grows with the square of the length takes minutes here.
  expect((user + system) / 1_000).toBeLessThan(3_000)
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

const oneOf = (...words: string[]) => fc.constantFrom(...words)
const upTo = (max: DurationText) => fc.integer({ min: 1, max: milliseconds(max)! })
const kinds = (...words: string[]) => oneOf(...words).map((kind) => ({ kind }))
const nameList = fc.uniqueArray(fc.stringMatching(/^[A-Za-z]\w{0,8}$/), { maxLength: 4 })

/** Values of every argument; a row that is added to the table without any fails below. */
const valuesOf: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  ttl: fc.oneof(upTo(limits.ttl), fc.constant('auto')),
  consistency: oneOf('eventual', 'session', 'strong'),
  read: fc.oneof(
    kinds('readThrough', 'none'),
    fc.record({
      kind: fc.constant('refreshAhead'),
      fraction: fc.integer({ min: 10, max: 99 }).map((percent) => percent / 100),
    }),
    fc.record({ kind: fc.constant('staleWhileRevalidate'), windowMs: upTo(maxStaleWindow) }),
  ),
  near: fc.oneof(
    kinds('off'),
    fc.constant({ kind: 'on', max: 10_000, ttlMs: 30_000 }),
    fc.record({
      kind: fc.constant('on'),
      max: fc.integer({ min: 1, max: nearLimits.max }),
      ttlMs: upTo(nearLimits.ttl),
    }),
  ),
  negativeTtl: upTo(limits.negativeTtl),
  narrowBy: fc.oneof(nameList, fc.constant('auto')),
  columns: fc.constantFrom('all', 'read'),
  dependsOn: nameList,
  onCacheDown: oneOf('bypass', 'reject'),
  flushEvery: upTo(limits.flushEvery),
  maxBatch: fc.integer({ min: 1, max: limits.maxBatch }),
  durability: fc.oneof(
    kinds('memory', 'fsync'),
    fc.record({ kind: fc.constant('replicated'), replicas: fc.integer({ min: 1, max: maxReplicas }) }),
  ),
  maxPending: fc.integer({ min: 1, max: limits.maxPending }),
  onFull: oneOf('block', 'writeThrough', 'reject'),
  creates: oneOf('accept', 'writeThrough'),
  increments: oneOf('delta', 'absolute'),
}

/** What write-behind refuses of them. */
const ofWriteBehind = { consistency: oneOf('eventual', 'session'), onCacheDown: fc.constant('reject') }

const policy = fc.constantFrom(...strategyWords).chain((strategy) => {
  const narrower: Readonly<Record<string, fc.Arbitrary<unknown>>> = strategy === 'writeBehind' ? ofWriteBehind : {}
  const values = Object.keys(argumentsOf(strategy)).map((name) => [name, narrower[name] ?? valuesOf[name]!] as const)
  return fc.record({ strategy: fc.constant(strategy), ...Object.fromEntries(values) })
}) as fc.Arbitrary<ModelPolicy>

test('reading a printed policy gives the same policy', () => {
  withoutGate(() =>
    fc.assert(
      fc.property(policy, (given) => {
        const text = printPolicy(given)
        const { annotations, problems } = parseAnnotations(text, [{ start: 0, end: text.length }])
        const checked = checkAnnotation(annotations[0]!)
        expect([...problems, ...checked.problems]).toEqual([])
        expect(resolvePolicy(given.strategy, checked.annotation!.values)).toEqual(given)
      }),
      { numRuns: 2_000 },
    ),
  )
})

test('a policy of any values is accepted by the check of a policy set', () => {
  fc.assert(
    fc.property(policy, (given) => {
      const set = policySetOf('model A {\n  id String @id @default(uuid())\n}\n')
      const changed = policySetSchema.safeParse({ ...set, models: { A: { ...set.models.A, policy: given } } })
      expect(changed.error?.issues ?? []).toEqual([])
    }),
    { numRuns: 300 },
  )
})
