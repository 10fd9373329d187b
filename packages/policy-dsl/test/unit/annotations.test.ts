import { compileModels, policySetOf } from '../support/compile.js'
import { withoutGate } from '../support/lift-gate.js'

const model = 'model A {\n  id String @id\n}\n'
const policyOf = (comment: string) => policySetOf(`${comment}\n${model}`).models.A?.policy

const caching = {
  ...{ ttl: 300_000, consistency: 'session', read: { kind: 'readThrough' }, near: { kind: 'off' }, negativeTtl: 1_000 },
  ...{ narrowBy: 'auto', columns: 'all', dependsOn: [], onCacheDown: 'bypass' },
}
const writeBehind = {
  ...caching,
  ...{ onCacheDown: 'reject', flushEvery: 250, maxBatch: 500, durability: { kind: 'fsync' } },
  ...{ maxPending: 100_000, onFull: 'block', creates: 'accept', increments: 'delta' },
}
const fiveMinutes = { strategy: 'writeThrough', ...caching }
const oneHour = { ...fiveMinutes, ttl: 3_600_000 }

test.each([
  ['writeThrough', caching],
  ['writeAround', caching],
  ['invalidate', caching],
  ['none', {}],
  ['writeBehind', writeBehind],
])('the defaults of %s', (strategy, defaults) => {
  expect(policyOf(`/// @cache.${strategy}`)).toEqual({ strategy, ...defaults })
  expect(policyOf(`/// @cache.${strategy}()`)).toEqual({ strategy, ...defaults })
})

test('every argument of this version', () => {
  const comment =
    '/// @cache.writeBehind(ttl: 7d, consistency: eventual, flushEvery: 30s, maxBatch: 10, durability: replicated(2))'
  expect(policyOf(comment)).toEqual({
    ...writeBehind,
    ...{ strategy: 'writeBehind', ttl: 604_800_000, consistency: 'eventual', flushEvery: 30_000, maxBatch: 10 },
    durability: { kind: 'replicated', replicas: 2 },
  })
})

test('a write of a strong model is refused while Redis is down, unless it says otherwise', () => {
  expect(policyOf('/// @cache.writeThrough(consistency: strong)')).toMatchObject({ onCacheDown: 'reject' })
})

test.each([
  ['no comment', '', { strategy: 'none' }],
  ['prose alone', '/// Balances.', { strategy: 'none' }],
  ['an annotation in a sentence', '/// See @cache.writeThrough(ttl: 1h).', { strategy: 'none' }],
  ['prose before and after', '/// Balances.\n/// @cache.writeThrough(ttl: 1h)\n/// And more (of it).', oneHour],
  ['prose behind it', '/// @cache.writeThrough(ttl: 1h) because of (reasons)', oneHour],
  ['several lines', '/// @cache.writeThrough(\n///   ttl: 1h,\n/// )', oneHour],
  ['a value on a line of its own', '/// @cache.writeThrough(ttl:\n///   1h)', oneHour],
  ['a space before the parenthesis', '/// @cache.writeThrough (ttl: 1h)', oneHour],
  ['arguments that begin a line', '/// @cache.writeThrough\n/// (ttl: 1h)', oneHour],
  ['prose that begins a line with a parenthesis', '/// @cache.writeThrough\n/// (see the handbook)', fiveMinutes],
  ['a plain comment between', '/// @cache.writeThrough(ttl: 1h)\n// todo', oneHour],
  ['a block comment between', '/// @cache.writeThrough(ttl: 1h)\n/* todo\n */', oneHour],
  ['no space after the slashes', '///@cache.writeThrough(ttl:1h)', oneHour],
  ['a model inside a block comment', '/*\nmodel B {\n*/\n/// @cache.writeThrough(ttl: 1h)', oneHour],
  ['a string with a slash', 'enum E {\n  a @map("http://x")\n}\n/// @cache.writeThrough(ttl: 1h)', oneHour],
  ['a string with a quote', 'enum E {\n  a @map("a\\" // }")\n}\n/// @cache.writeThrough(ttl: 1h)', oneHour],
])('%s', (_, comment, policy) => {
  expect(policyOf(comment)).toEqual(policy)
})

test('each annotation belongs to its own model', () => {
  const set = policySetOf(`/// @cache.none\n${model}\n/// @cache.invalidate\n${model.replace('A', 'B')}`)
  expect([set.models.A?.policy.strategy, set.models.B?.policy.strategy]).toEqual(['none', 'invalidate'])
})

test('problems come in the order of the file', () => {
  const { diagnostics } = compileModels(
    `/// @cache.writeBehind(ttl: 0s, nope: 1)\nmodel A {\n  id Int @id @default(autoincrement())\n}\n/// @cache.nope\n${model.replace('A', 'B')}`,
  )
  expect(diagnostics.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
    '4:12 PC2202',
    '4:29 PC2111',
    '4:33 PC2104',
    '8:12 PC2103',
  ])
})

describe('annotations of fields', () => {
  const entryOf = (text: string) => withoutGate(() => policySetOf(text).models.A)

  test('above a field, behind it, and both', () => {
    const entry = entryOf(`model A {
  id     String @id
  /// Counts.
  /// @cache.version
  v      Int
  hash   String /// @cache.omit
  /// @cache.omit
  salt   Int    /// a number
  tenant Int    /// @cache.scope
  name   String /// @cache.omit() because of (reasons)
}
`)
    expect(entry?.fieldPolicies).toEqual({ version: 'v', omit: ['hash', 'salt', 'name'], scope: ['tenant'] })
    expect(entry?.policy).toEqual({ strategy: 'none' })
  })

  test('no field annotated: nothing is said of fields', () => {
    expect(entryOf(model)).not.toHaveProperty('fieldPolicies')
  })

  test('a field of the same name in another model, and one behind an embedded quote', () => {
    const entry = entryOf(`model B {
  id String @id
  t  String /// @cache.scope
}
model A {
  id String @id
  t  String @default("/// @cache.scope")
  u  String @default("\\"") /// @cache.scope
}
`)
    expect(entry?.fieldPolicies).toEqual({ omit: [], scope: ['u'] })
  })
})
