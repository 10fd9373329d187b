import { PolicyError, type PolicySet, parsePolicySet } from '../../src/index.js'
import { policySetOf } from '../support/compile.js'

const good = policySetOf(`/// @cache.writeBehind(ttl: 30m)
model Session {
  id     String @id @default(uuid())
  userId String
  user   User   @relation(fields: [userId], references: [id])
  kind   Kind   @default(A)
}
model User {
  id       String    @id
  sessions Session[]
}
enum Kind {
  A
}
`)

/** The good set with one place changed. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(good) as unknown as Record<string, unknown>
  const keys = path.split('.')
  const last = keys.pop()!
  const parent = keys.reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy)
  if (value === undefined) delete parent[last]
  else parent[last] = value
  return copy
}

function problemsOf(value: unknown) {
  try {
    parsePolicySet(value)
  } catch (error) {
    expect(error).toBeInstanceOf(PolicyError)
    expect(error).toMatchObject({ code: 'PC2301', name: 'PolicyError' })
    return (error as PolicyError).problems
  }
  throw new Error('nothing was thrown')
}

test('a good set comes back equal and frozen, also after a journey as JSON', () => {
  const set = parsePolicySet(JSON.parse(JSON.stringify(good)))
  expect(set).toEqual(good)
  expect(Object.isFrozen(set.models.Session?.facts.fields[0])).toBe(true)
  expect(() => Object.assign(set.models.Session!.policy, { ttl: 1 })).toThrow(TypeError)
})

test.each([
  ['formatVersion', 2],
  ['models', []],
  ['models.Session.policy.strategy', 'writeTwice'],
  ['models.Session.policy.ttl', 0],
  ['models.Session.policy.ttl', 31_536_000_001],
  ['models.Session.policy.ttl', '5m'],
  ['models.Session.policy.consistency', 'strong'],
  ['models.Session.policy.flushEvery', undefined],
  ['models.Session.policy.flushEvery', 3_600_001],
  ['models.Session.policy.maxBatch', 0],
  ['models.Session.policy.durability', { kind: 'replicated', replicas: 0 }],
  ['models.Session.policy.near', 'on'],
  ['models.Session.facts.shapeHash', 'XYZ'],
  ['models.Session.facts.fields.0.type', 'Text'],
  ['models.Session.facts.relations.0.onDelete', 'Explode'],
  ['models.Session.facts.primaryKey.fields', []],
  ['enums.Kind.values', { A: 1 }],
])('%s cannot be %j', (path, value) => {
  const [problem, ...more] = problemsOf(changed(path, value))
  expect(more).toEqual([])
  // A key that does not belong is reported where it stands; a wrong part, below the place that was changed.
  expect(`${problem!.path}.`.startsWith(`${path}.`) || path === `${problem!.path}.near`).toBe(true)
  expect(problem!.next).toMatch(/prisma generate|generated module/)
})

test.each([
  ['models.Session.facts.name', 'Visit', 'models.Session.facts.name'],
  ['models.Session.facts.primaryKey.fields', ['uuid'], 'models.Session.facts.primaryKey'],
  ['models.Session.facts.uniques', [{ name: 'x', fields: ['x'] }], 'models.Session.facts.uniques'],
  ['models.Session.facts.fields.2.enumName', 'Sort', 'models.Session.facts.fields.kind'],
  ['models.Session.facts.relations.0.model', 'Person', 'models.Session.facts.relations.user'],
  ['models.Session.facts.relations.0.from', ['personId'], 'models.Session.facts.relations.user'],
])('%s = %j names what is not in the set', (path, value, where) => {
  expect(problemsOf(changed(path, value)).map((problem) => problem.path)).toEqual([where])
})

test.each([
  ['PC2202', 'models.Session.facts.fields.0.default', { by: 'database' }],
  ['PC2203', 'models.Session.facts.primaryKey', undefined],
  ['PC2209', 'models.Session.facts.isView', true],
])('the rules hold for a set made by hand: %s', (code, path, value) => {
  expect(problemsOf(changed(path, value)).map((problem) => problem.code)).toEqual([code])
})

test('the message names every place, the code and the next step', () => {
  const broken = { ...(changed('models.Session.policy.ttl', 0) as PolicySet), formatVersion: 2 }
  expect(() => parsePolicySet(broken)).toThrow(
    `PC2301: the value is not a policy set
  formatVersion: Invalid input: expected 1 [PC2301]
    run \`prisma generate\` with the installed version of prisma-cache
  models.Session.policy.ttl: Too small: expected number to be >=1 [PC2301]
    pass the \`policies\` of the generated module, or what \`definePolicies\` made of them`,
  )
  expect(problemsOf(undefined)).toHaveLength(1)
})
