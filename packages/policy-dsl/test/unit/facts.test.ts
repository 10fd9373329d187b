import { compileFiles, policySetOf } from '../support/compile.js'

const field = (name: string, type: string, more = {}) => ({
  ...{ name, dbName: name, type, list: false, nullable: false, updatedAt: false },
  ...more,
})
const factsOf = (text: string, model = 'A') => policySetOf(text).models[model]!.facts
const id = '  id String @id\n'

test('scalars, columns and native types', () => {
  const facts = factsOf(`model A {
  id     String    @id @db.Uuid
  amount Decimal?  @map("amt") @db.Decimal(10, 2)
  at     DateTime  @updatedAt
  tags   String[]
  kind   Kind
  raw    Unsupported("circle")?
  @@map("accounts")
}
enum Kind {
  Big @map("big_one")
  Small
  @@map("kinds")
}
`)
  expect(facts).toMatchObject({ name: 'A', dbName: 'accounts', isView: false, relations: [] })
  expect(facts).not.toHaveProperty('dbSchema')
  expect(facts.fields).toEqual([
    field('id', 'String', { nativeType: ['Uuid', []] }),
    field('amount', 'Decimal', { dbName: 'amt', nullable: true, nativeType: ['Decimal', ['10', '2']] }),
    field('at', 'DateTime', { updatedAt: true }),
    field('tags', 'String', { list: true }),
    field('kind', 'Enum', { enumName: 'Kind' }),
  ])
})

test('enums keep the names of their values in the database', () => {
  const { enums } = policySetOf(`model A {\n${id}}\nenum Kind {\n  Big @map("big one")\n  Small\n  @@map("kinds")\n}\n`)
  expect(enums).toEqual({ Kind: { values: { Big: 'big one', Small: 'Small' }, dbName: 'kinds' } })
})

test.each([
  ['String @default(uuid())', { by: 'client', fn: 'uuid', args: [4] }],
  ['String @default(uuid(7))', { by: 'client', fn: 'uuid', args: [7] }],
  ['String @default(cuid())', { by: 'client', fn: 'cuid', args: [1] }],
  ['String @default(ulid())', { by: 'client', fn: 'ulid', args: [] }],
  ['String @default(nanoid(12))', { by: 'client', fn: 'nanoid', args: [12] }],
  ['DateTime @default(now())', { by: 'client', fn: 'now', args: [] }],
  ['Int @default(autoincrement())', { by: 'database' }],
  ['String @default(dbgenerated("x()"))', { by: 'database' }],
  ['String @default(dbgenerated())', { by: 'database' }],
  ['Boolean @default(false)', { by: 'literal', value: false }],
  ['Int[] @default([1, 2])', { by: 'literal', value: [1, 2] }],
  ['BigInt @default(9007199254740993)', { by: 'literal', value: '9007199254740993' }],
  ['Decimal @default(-0.12345678901234567890)', { by: 'literal', value: '-0.12345678901234567890' }],
  ['Decimal[] @default([1.10, 2])', { by: 'literal', value: ['1.10', '2'] }],
  ['Float @default(1.5)', { by: 'literal', value: 1.5 }],
  ['String', undefined],
])('default of %s', (declaration, maker) => {
  const { fields } = factsOf(`model A {\n${id}  x ${declaration}\n}\n`)
  expect(fields.find(({ name }) => name === 'x')?.default).toEqual(maker)
})

test.each([
  ['@id on a field', 'id String @id', { name: 'id', fields: ['id'] }],
  ['@@id', 'a Int\n  b Int\n  @@id([b, a])', { name: 'b_a', fields: ['b', 'a'] }],
  ['@@id of one field', 'a Int\n  @@id([a])', { name: 'a', fields: ['a'] }],
  ['@@id with a name', 'a Int\n  b Int\n  @@id([a, b], name: "both")', { name: 'both', fields: ['a', 'b'] }],
  ['unique keys alone', 'a Int @unique', undefined],
])('primary key: %s', (_, body, key) => {
  expect(factsOf(`model A {\n  ${body}\n}\n`).primaryKey).toEqual(key)
})

test('unique keys under the names that stand in a where', () => {
  const { uniques } = factsOf(`model A {
  id String @id
  a  Int @unique(map: "index_name")
  b  Int
  c  Int
  @@unique([b, c])
  @@unique([a, c], name: "ac", map: "other_name")
  @@unique([c])
}
`)
  expect(uniques).toEqual([
    { name: 'a', fields: ['a'] },
    { name: 'c', fields: ['c'] },
    { name: 'b_c', fields: ['b', 'c'] },
    { name: 'ac', fields: ['a', 'c'] },
  ])
})

describe('relations', () => {
  const relation = (fieldType: string, columnType: string, actions = '') =>
    policySetOf(`model A {
${id}  bId ${columnType}
  b ${fieldType} @relation(fields: [bId], references: [id]${actions})
}
model B {
${id}  as A[]
}
`)

  test.each([
    ['a required relation', 'B', 'String', '', { onDelete: 'Restrict', onUpdate: 'Cascade' }],
    ['an optional relation', 'B?', 'String?', '', { onDelete: 'SetNull', onUpdate: 'Cascade' }],
    ['an optional relation over a required column', 'B?', 'String', '', { onDelete: 'Restrict', onUpdate: 'Cascade' }],
    [
      'given actions',
      'B',
      'String',
      ', onDelete: Cascade, onUpdate: NoAction',
      { onDelete: 'Cascade', onUpdate: 'NoAction' },
    ],
  ])('actions of %s', (_, fieldType, columnType, given, actions) => {
    expect(relation(fieldType, columnType, given).models.A?.facts.relations).toEqual([
      {
        ...{ name: 'b', model: 'B', relationName: 'AToB', list: false, nullable: fieldType === 'B?' },
        ...{ from: ['bId'], to: ['id'], ...actions },
      },
    ])
  })

  test('the side without the foreign key has no actions', () => {
    expect(relation('B', 'String').models.B?.facts.relations).toEqual([
      { name: 'as', model: 'A', relationName: 'AToB', list: true, nullable: false, from: [], to: [] },
    ])
  })

  test('many to many without a model between', () => {
    const set = policySetOf(`model A {\n${id}  bs B[]\n}\nmodel B {\n${id}  as A[]\n}\n`)
    expect(set.models.A?.facts.relations).toMatchObject([{ name: 'bs', relationName: 'AToB', list: true, from: [] }])
  })

  test('to itself', () => {
    const { relations } = factsOf(
      `model A {\n${id}  upId String?\n  up A? @relation("tree", fields: [upId], references: [id])\n  down A[] @relation("tree")\n}\n`,
    )
    expect(relations.map(({ name, relationName, from }) => [name, relationName, from])).toEqual([
      ['up', 'tree', ['upId']],
      ['down', 'tree', []],
    ])
  })
})

test('schemas and views', () => {
  const { policySet } = compileFiles({
    path: 'schema.prisma',
    text: `datasource db {
  provider = "postgresql"
  schemas  = ["audit", "public"]
}
generator client {
  provider        = "prisma-client"
  output          = "./generated"
  previewFeatures = ["views"]
}
model A {
  id String @id
  @@schema("audit")
}
view V {
  id String @unique
  @@schema("public")
}
`,
  })
  expect(policySet?.models.A?.facts).toMatchObject({ dbSchema: 'audit', isView: false })
  expect(policySet?.models.V?.facts).toMatchObject({ dbSchema: 'public', isView: true })
  expect(policySet?.models.V?.facts).not.toHaveProperty('primaryKey')
})

describe('the hash of a shape', () => {
  const base = `model A {\n${id}  n Int\n  k Kind\n}\nenum Kind {\n  x\n  y\n}\n`
  const hash = (text: string) => factsOf(text).shapeHash

  test('is 12 hex digits that do not change from one version to the next', () => {
    expect(hash(base)).toBe('e55b2871fe27')
  })

  test.each([
    ['a comment', base.replace('model A', '/// @cache.invalidate\nmodel A')],
    ['the order of fields', base.replace('  n Int\n  k Kind', '  k Kind\n  n Int')],
    ['another model', `${base}model B {\n${id}}\n`],
  ])('does not change with %s', (_, text) => {
    expect(hash(text)).toBe(hash(base))
  })

  test.each([
    ['a type', base.replace('n Int', 'n BigInt')],
    ['a column', base.replace('n Int', 'n Int @map("m")')],
    ['a key', base.replace('n Int', 'n Int @unique')],
    ['a new field', base.replace('n Int', 'n Int\n  m Int')],
    ['a table', base.replace('k Kind', 'k Kind\n  @@map("as")')],
    ['the values of an enum', base.replace('  x\n', '  x\n  z\n')],
  ])('changes with %s', (_, text) => {
    expect(hash(text)).not.toBe(hash(base))
  })
})
