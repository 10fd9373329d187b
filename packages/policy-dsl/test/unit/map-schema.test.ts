import { argumentsNotAvailable } from '../../src/grammar/not-available.js'
import { describePolicy, mapSchema } from '../../src/index.js'
import { policySetOf } from '../support/compile.js'
import { withoutGate } from '../support/lift-gate.js'

const text = [
  'generator client {',
  '  provider = "prisma-client" // not "prisma-client-js"',
  '}',
  '',
  '/// Money.',
  '/// @cache.writeThrough(',
  '///   ttl: 1h,',
  '///   consistency: strong)',
  'model Account {',
  '  id String @id',
  '}',
  '',
  '/// @cache.writeThru(ttl: 1h)',
  'model Typo {',
  '  id String @id',
  '}',
  '',
  '// @cache.none',
  'view Plain {',
  '  id String',
].join('\r\n')

const blocks = mapSchema([{ path: 'a.prisma', text }])

test('every block with its place, up to the end of the line that closes it', () => {
  expect(blocks.map(({ keyword, name, line }) => `${keyword} ${name} ${line}`)).toEqual([
    'generator client 1',
    'model Account 9',
    'model Typo 14',
    'view Plain 19',
  ])
  const shown = blocks.map(({ span }) => text.slice(span.start, span.end).split('\r\n'))
  expect(shown.map((lines) => lines[0])).toEqual([
    'generator client {',
    'model Account {',
    'model Typo {',
    'view Plain {',
  ])
  // The last one is not closed.
  expect(shown.map((lines) => lines.at(-1))).toEqual(['}', '}', '}', '  id String'])
  expect(blocks[0]?.members).toEqual(['provider = "prisma-client"'])
})

test('the annotation of a model, also a wrong one; a plain comment holds none', () => {
  const [client, account, typo, plain] = blocks
  expect(account?.annotation).toMatchObject({
    strategy: 'writeThrough',
    line: 6,
    arguments: { ttl: 7, consistency: 8 },
  })
  const { start, end } = account!.annotation!.span
  expect(text.slice(start, end)).toBe('@cache.writeThrough(\r\n///   ttl: 1h,\r\n///   consistency: strong)')
  expect(typo?.annotation?.strategy).toBe('writeThru')
  expect([client?.annotation, plain?.annotation]).toEqual([undefined, undefined])
})

test('a policy described: every argument that its strategy takes, as the language writes it', () => {
  const { models } = policySetOf(
    '/// @cache.writeBehind(ttl: 90s, durability: replicated(2))\nmodel A {\n  id String @id\n}',
  )
  const settings = withoutGate(() => describePolicy(models.A!.policy))
  expect(settings.filter(({ isDefault }) => !isDefault)).toEqual([
    { name: 'ttl', text: '90s', isDefault: false },
    { name: 'durability', text: 'replicated(2)', isDefault: false },
  ])
  expect(settings.map(({ name, text }) => `${name}: ${text}`)).toEqual([
    ...[
      'ttl: 90s',
      'consistency: session',
      'read: readThrough',
      'near: off',
      'negativeTtl: 1s',
      'narrowBy: auto',
      'columns: all',
    ],
    ...['dependsOn: []', 'onCacheDown: reject', 'flushEvery: 250ms', 'maxBatch: 500', 'durability: replicated(2)'],
    ...['maxPending: 100000', 'onFull: block', 'creates: accept', 'increments: delta'],
  ])
  expect(describePolicy({ strategy: 'none' })).toEqual([])

  const promised = describePolicy(models.A!.policy).map(({ name }) => name)
  expect(promised).toEqual(settings.map(({ name }) => name).filter((name) => !argumentsNotAvailable.includes(name)))
})

test('annotations of fields with their lines', () => {
  const [block] = mapSchema([
    {
      path: 'a.prisma',
      text: 'model A {\n  id String\n  /// @cache.omit\n  a String /// @cache.scope\n  b Int // @cache.version\n}',
    },
  ])
  expect(block?.fieldAnnotations).toEqual([
    { word: 'omit', field: 'a', line: 3 },
    { word: 'scope', field: 'a', line: 4 },
  ])
})
