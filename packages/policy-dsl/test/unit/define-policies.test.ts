import { fieldAnnotationsNotAvailable } from '../../src/grammar/not-available.js'
import {
  definePolicies,
  invalidate,
  none,
  type PolicyDraft,
  PolicyError,
  writeAround,
  writeBehind,
  writeThrough,
} from '../../src/index.js'
import { policySetOf } from '../support/compile.js'
import { withoutGate } from '../support/lift-gate.js'

const generated = policySetOf(`/// @cache.writeThrough(ttl: 1h)
model Account {
  id String @id
}
/// @cache.none
model Session {
  id String @id @default(uuid())
}
model AuditLog {
  id Int @id @default(autoincrement())
}
`)

const defaults = {
  ...{ ttl: 300_000, consistency: 'session', read: { kind: 'readThrough' }, near: { kind: 'off' }, negativeTtl: 1_000 },
  ...{ narrowBy: 'auto', columns: 'all', dependsOn: [], onCacheDown: 'bypass' },
}

function problemsOf(overrides: Record<string, unknown>, set = generated) {
  try {
    definePolicies(set, overrides as Record<string, PolicyDraft>)
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError)
    expect((error as PolicyError).code).toBe('PC2302')
    return (error as PolicyError).problems.map(({ code, path, next }) => `${code} ${path}: ${next}`)
  }
  throw new Error('nothing was thrown')
}

test('an override replaces the whole policy; other models and all facts stay', () => {
  const set = definePolicies(generated, {
    Account: writeThrough({ consistency: 'strong' }),
    Session: writeBehind({ flushEvery: '50ms', durability: 'replicated(2)', maxBatch: 10 }),
  })
  expect(set.models.Account?.policy).toEqual({
    ...{ ...defaults, strategy: 'writeThrough', consistency: 'strong', onCacheDown: 'reject' },
  })
  expect(set.models.Session?.policy).toEqual({
    ...{ ...defaults, strategy: 'writeBehind', onCacheDown: 'reject', flushEvery: 50, maxBatch: 10 },
    ...{ maxPending: 100_000, onFull: 'block', creates: 'accept', increments: 'delta' },
    durability: { kind: 'replicated', replicas: 2 },
  })
  expect(set.models.AuditLog).toEqual(generated.models.AuditLog)
  expect(set.models.Account?.facts).toEqual(generated.models.Account?.facts)
  expect(Object.isFrozen(set.models)).toBe(true)
  expect(generated.models.Account?.policy).toMatchObject({ ttl: 3_600_000 })
})

test.each([
  [writeThrough(), { ...defaults, strategy: 'writeThrough' }],
  [writeAround({ ttl: '1d' }), { ...defaults, strategy: 'writeAround', ttl: 86_400_000 }],
  [invalidate({ ttl: undefined }), { ...defaults, strategy: 'invalidate' }],
  [none(), { strategy: 'none' }],
])('%j', (draft, policy) => {
  expect(definePolicies(generated, { Account: draft }).models.Account?.policy).toEqual(policy)
})

test('every mistake at once, in the words of the annotations', () => {
  const wrong = (strategy: string, values: object) => ({ strategy, arguments: values })
  expect(
    problemsOf({
      Sesion: none(),
      toString: none(),
      Account: wrong('writeThru', {}),
      Session: wrong('writeBehind', {
        ...{ ttl: 300, consistency: 'strong', flushEvery: '0ms', maxBatch: '1, 2', durability: { kind: 'fsync' } },
        ...{ near: 'on', tll: '1h' },
      }),
      AuditLog: writeBehind(),
    }),
  ).toEqual([
    'PC2303 Sesion: did you mean `Session`?',
    'PC2303 toString: expected `Account`, `AuditLog` or `Session`',
    'PC2103 Account: did you mean `writeThrough`?',
    'PC2110 Session.ttl: write `300s` or `300ms`',
    'PC2201 Session.consistency: use `session`, or `writeThrough` for this model',
    'PC2111 Session.flushEvery: `0ms` is too short',
    'PC2106 Session.maxBatch: expected a whole number from 1 to 5000',
    'PC2106 Session.durability: expected `memory`, `fsync` or `replicated`',
    'PC2104 Session.tll: did you mean `ttl`?',
    'PC2202 AuditLog: give `creates: writeThrough`, or an id made by the client such as `@default(uuid())`',
    'PC2213 Session.near: leave `near` out, or use `session`',
  ])
})

test.each([[null], ['writeThrough'], [{}], [{ strategy: 'toString' }]])('%j is no policy', (draft) => {
  expect(problemsOf({ Account: draft })[0]).toMatch(/^PC2103 Account: /)
})

test('a set that was not generated is refused before its overrides', () => {
  expect(() => definePolicies({} as typeof generated, { Account: none() })).toThrow(/^PC2301/)
})

describe('what the schema says of fields', () => {
  const schema = withoutGate(() =>
    policySetOf(`/// @cache.writeThrough
model User {
  id     String @id
  v      Int    /// @cache.version
  hash   String /// @cache.omit
  tenant String /// @cache.scope
  mail   String
  w      BigInt
}
model Post {
  id    String @id
  title String
}
`),
  )
  const fieldsAfter = (draft: PolicyDraft) =>
    withoutGate(() => definePolicies(schema, { User: draft })).models.User?.fieldPolicies

  test.each([
    [writeThrough({ ttl: '1s' }), { version: 'v', omit: ['hash'], scope: ['tenant'] }],
    [none(), { version: 'v', omit: ['hash'], scope: ['tenant'] }],
    [none({ omit: ['mail'] }), { version: 'v', omit: ['mail'], scope: ['tenant'] }],
    [invalidate({ omit: [], scope: ['mail', 'tenant'] }), { version: 'v', omit: [], scope: ['mail', 'tenant'] }],
    [none({ version: 'w', omit: [], scope: [] }), { version: 'w', omit: [], scope: [] }],
  ])('stays as far as an override does not replace it: %j', (draft, fields) => {
    expect(fieldsAfter(draft as PolicyDraft)).toEqual(fields)
  })

  test('an override may be the first that says anything', () => {
    const set = withoutGate(() => definePolicies(schema, { Post: none({ omit: ['title'] }) }))
    expect(set.models.Post?.fieldPolicies).toEqual({ omit: ['title'], scope: [] })
    expect(schema.models.Post).not.toHaveProperty('fieldPolicies')
  })

  test.each([
    [{ version: 3 }, "PC2106 User.version: write `version: '…'`"],
    [{ version: 'vv' }, 'PC2205 User.version: did you mean `v`?'],
    [{ omit: 'hash' }, 'PC2106 User.omit: write `[hash]`'],
    [{ omit: ['hsh'] }, 'PC2205 User.omit: did you mean `hash`?'],
    [{ scope: ['tenant', 'tenant'] }, 'PC2107 User.scope: remove one of the two'],
    [{ version: 'mail' }, 'PC2210 User.version: a version is an `Int` or a `BigInt`'],
    [{ narrowBy: ['mial'] }, 'PC2205 User.narrowBy: did you mean `mail`?'],
    [{ dependsOn: ['Pots'] }, 'PC2214 User.dependsOn: did you mean `Post`?'],
    [{ near: { max: 0, ttl: 5 } }, 'PC2111 User.near: `0` is too small\nPC2110 User.near: write `5s` or `5ms`'],
  ])('%j is a mistake', (options, problem) => {
    const draft = { strategy: 'writeThrough', arguments: options } as unknown as PolicyDraft
    expect(withoutGate(() => problemsOf({ User: draft }, schema)).join('\n')).toBe(problem)
  })

  test('is refused by name until it has an effect', () => {
    const gated = fieldAnnotationsNotAvailable.map((word) => `PC2112 User.${word}: leave it out`)
    const draft = none({ version: 'v', omit: ['hash'], scope: ['tenant'] })
    const problems = gated.length === 0 ? [] : problemsOf({ User: draft }, schema)
    expect(problems).toEqual(gated)
  })
})

test.each([[undefined], [null], ['Account']])('overrides that are %j are refused with a next step', (overrides) => {
  expect(() => definePolicies(generated, overrides as never)).toThrow(/^PC2302: the overrides are .*\n.*\n.*call it as/)
})

describe('what only surprises', () => {
  const schema = policySetOf(`model Hit {
  id   String @id
  hits Int
}
/// @cache.invalidate(consistency: strong, onCacheDown: bypass)
model Known {
  id String @id
}
`)
  const warned = (overrides: Parameters<typeof definePolicies>[1]) => {
    const told: string[] = []
    definePolicies(schema, overrides, { onWarning: ({ code, path }) => told.push(`${code} ${path}`) })
    return told
  }

  test('is told where an override brings it about, and what the schema has said already is not', () => {
    expect(warned({ Hit: writeBehind({ durability: 'memory' }) })).toEqual(['PC2252 Hit.durability'])
    expect(warned({ Hit: writeThrough() })).toEqual([])
    expect(warned({ Known: writeThrough({ consistency: 'strong', onCacheDown: 'bypass' }) })).toEqual([])
    expect(warned({ Hit: writeThrough({ consistency: 'strong', onCacheDown: 'bypass' }) })).toEqual([
      'PC2253 Hit.onCacheDown',
    ])
  })

  test('is a warning of the process where nobody else asks for it', () => {
    const emit = process.emitWarning
    const emitted: unknown[][] = []
    process.emitWarning = (...all: unknown[]) => void emitted.push(all)
    try {
      definePolicies(schema, { Hit: writeBehind({ durability: 'memory' }) })
      expect(emitted).toEqual([
        [
          expect.stringMatching(/^Hit\.durability: increments of `Hit` can be applied twice/),
          { type: 'PrismaCacheWarning', code: 'PC2252', detail: expect.stringContaining('durability: fsync') },
        ],
      ])
    } finally {
      process.emitWarning = emit
    }
  })
})

test('what is wrong beside a refused value is told at once, and what only follows from it is not', () => {
  expect(problemsOf({ Session: writeBehind({ consistency: 'strong' as never, near: 'on' }) })).toEqual([
    'PC2201 Session.consistency: use `session`, or `writeThrough` for this model',
    'PC2213 Session.near: leave `near` out, or use `session`',
  ])
  expect(problemsOf({ AuditLog: writeBehind({ creates: 'writeThru' as never }) })).toEqual([
    'PC2106 AuditLog.creates: did you mean `writeThrough`?',
  ])
})

test('models and fields that are called as members of every object are refused a policy, and nothing else of the set is', () => {
  const set = policySetOf('model constructor {\n  id String @id\n}\nmodel A {\n  id String @id\n  valueOf String\n}\n')
  expect(problemsOf({ constructor: none({ omit: ['id'] }), A: invalidate(), toString: none() }, set)).toEqual([
    'PC2303 toString: expected `A` or `constructor`',
    'PC2216 A: rename the field, and keep its name in the database with `@map`',
    'PC2208 constructor.omit: remove `@cache.omit`',
    'PC2216 constructor: rename the model, and keep its name in the database with `@@map`',
  ])
  expect(definePolicies(set, {}).models).toEqual(set.models)
})
