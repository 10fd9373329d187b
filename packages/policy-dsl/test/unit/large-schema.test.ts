import { renderModule } from '../../src/generator/render-module.js'
import { compileSchema, parsePolicySet, type SchemaFile } from '../../src/index.js'
import { getDmmf } from '../support/get-dmmf.js'
import { largeSchema } from '../support/large-schema.js'

const count = 240

// What stands in comments is not part of it: one reading by Prisma, which takes long, serves all.
const dmmf = getDmmf(largeSchema(count).files)

function compile(files: readonly SchemaFile[]) {
  const before = process.cpuUsage()
  const compiled = compileSchema({ files, dmmf })
  const { user, system } = process.cpuUsage(before)
  return { ...compiled, milliseconds: (user + system) / 1_000 }
}

test('a schema of hundreds of models is taken unchanged, soon, and keeps its facts', () => {
  const { files, models, views } = largeSchema(count)
  const { policySet, diagnostics, milliseconds } = compile(files)
  expect(diagnostics).toEqual([])
  expect(Object.keys(policySet!.models).sort()).toEqual([...models, ...views].sort())
  // Of the processor, whatever else the machine does; it takes a fifth of it.
  expect(milliseconds).toBeLessThan(1_000)

  const { facts } = policySet!.models.Entity1!
  expect(facts).toMatchObject({
    dbName: 'entity_1',
    dbSchema: 'public',
    primaryKey: { name: 'id' },
    isView: false,
  })
  expect(facts.fields.map(({ name }) => name)).not.toContain('place')
  expect(facts.fields.map(({ name }) => name)).not.toContain('hidden')
  expect(facts.uniques.map(({ name }) => name)).toEqual(['key', 'slug', 'slug_in_status', 'at_seq'])
  expect(facts.indexes).toEqual([['nextKey', 'status'], ['data'], ['name']])
  expect(facts.relations.map(({ name, model, list, from }) => [name, model, list, from])).toEqual([
    ['next', 'Entity2', false, ['nextKey']],
    ['befores', 'Entity0', true, []],
    ['parent', 'Entity1', false, ['parentKey']],
    ['children', 'Entity1', true, []],
    ['likes', 'Entity1', true, []],
    ['likedBy', 'Entity1', true, []],
    ['peers', 'Entity0', true, []],
  ])
  const keys = ['Entity0', 'Entity2', 'Entity3', 'Ranking'].map((name) => policySet!.models[name]!.facts.primaryKey)
  expect(keys).toEqual([
    { name: 'key', fields: ['key'] },
    { name: 'id_region', fields: ['id', 'region'] },
    { name: 'both', fields: ['a', 'b'] },
    undefined,
  ])
})

test.each([
  ['invalidate', '@cache.invalidate'],
  ['writeAround', '@cache.writeAround(\n///   ttl: 10m,\n/// )'],
  ['writeBehind', '@cache.writeBehind(creates: writeThrough)'],
])('%s on every model is right in every file', (strategy, policy) => {
  const { files, models } = largeSchema(count, (name) => (name.startsWith('Entity') ? policy : undefined))
  const { policySet, diagnostics } = compile(files)
  expect(diagnostics).toEqual([])
  expect(models.filter((name) => policySet!.models[name]!.policy.strategy !== strategy)).toEqual([])

  const text = renderModule(policySet!, { mayBeCommonJs: false })
  const [, literal = ''] = /policies = (.*) as const/s.exec(text) ?? []
  expect(parsePolicySet(new Function(`return ${literal}`)())).toEqual(policySet)
  // The order in which files are read is not the order of the module.
  const shuffled = compile([...files].reverse()).policySet!
  expect(renderModule(shuffled, { mayBeCommonJs: false })).toBe(text)
})

test('two mistakes in every model are told at every model, soon', () => {
  const { files, models, views } = largeSchema(count, () => '@cache.writeThru(ttl: 5)')
  const { diagnostics, milliseconds } = compile(files)
  const told = diagnostics.map(({ code, source, column, length }) => [
    code,
    source.slice(column - 1, column - 1 + length),
  ])
  expect(told).toEqual(
    [...models, ...views].flatMap(() => [
      ['PC2103', 'writeThru'],
      ['PC2110', '5'],
    ]),
  )
  expect(milliseconds).toBeLessThan(1_000)
})
