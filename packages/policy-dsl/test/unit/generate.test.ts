import { spawnSync } from 'node:child_process'
import { readdirSync, statSync, utimesSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { createGeneratorHome, type GeneratorHome } from '../support/generator-home.js'
import type { PrismaProject } from '../support/prisma-project.js'

const output = 'generated/cache/index.ts'
let home: GeneratorHome
let project: PrismaProject

beforeAll(() => {
  home = createGeneratorHome()
})
afterAll(() => home.remove())
beforeEach(() => {
  project = home.createProject()
  // ES modules, as Prisma's own documentation sets a project up.
  project.write('package.json', '{ "type": "module" }')
})

const header = () => home.header()
const account = 'model Account {\n  id String @id @default(uuid())\n}\n'

test('a good schema becomes a module that TypeScript accepts and knows the model names of', () => {
  project.write(
    'prisma/schema.prisma',
    `${header()}/// @cache.writeThrough(ttl: 1h, consistency: strong)\n${account}/// @cache.writeBehind\nmodel Session {\n  id String @id\n  kind Kind @default(A)\n}\nenum Kind {\n  A @map("a-a")\n}\n`,
  )
  expect(project.generate('prisma/schema.prisma')).toMatchObject({ code: 0 })
  expect(project.read(output)).toMatchInlineSnapshot(`
    "// Written by prisma-cache on \`prisma generate\`. Change the annotations in the Prisma schema, not this file.
    /* eslint-disable */
    // biome-ignore-all lint: generated file
    import type { PolicySet } from 'prisma-cache'

    export const policies = {
      formatVersion: 1,
      models: {
        Account: {
          policy: {
            strategy: "writeThrough",
            ttl: 3600000,
            consistency: "strong",
            read: { kind: "readThrough" },
            near: { kind: "off" },
            negativeTtl: 1000,
            narrowBy: "auto",
            columns: "all",
            dependsOn: [],
            onCacheDown: "reject",
          },
          facts: {
            name: "Account",
            dbName: "Account",
            fields: [
              {
                name: "id",
                dbName: "id",
                type: "String",
                list: false,
                nullable: false,
                updatedAt: false,
                default: { by: "client", fn: "uuid", args: [4] },
              },
            ],
            relations: [],
            primaryKey: { name: "id", fields: ["id"] },
            uniques: [],
            indexes: [],
            isView: false,
            shapeHash: "3a8252e708f2",
          },
        },
        Session: {
          policy: {
            strategy: "writeBehind",
            ttl: 300000,
            consistency: "session",
            read: { kind: "readThrough" },
            near: { kind: "off" },
            negativeTtl: 1000,
            narrowBy: "auto",
            columns: "all",
            dependsOn: [],
            onCacheDown: "reject",
            flushEvery: 250,
            maxBatch: 500,
            durability: { kind: "fsync" },
            maxPending: 100000,
            onFull: "block",
            creates: "accept",
            increments: "delta",
          },
          facts: {
            name: "Session",
            dbName: "Session",
            fields: [
              { name: "id", dbName: "id", type: "String", list: false, nullable: false, updatedAt: false },
              {
                name: "kind",
                dbName: "kind",
                type: "Enum",
                enumName: "Kind",
                list: false,
                nullable: false,
                updatedAt: false,
                default: { by: "literal", value: "A" },
              },
            ],
            relations: [],
            primaryKey: { name: "id", fields: ["id"] },
            uniques: [],
            indexes: [],
            isView: false,
            shapeHash: "fa125bcb74cf",
          },
        },
      },
      enums: { Kind: { values: { A: "a-a" }, dbName: "Kind" } },
    } as const satisfies PolicySet
    "
  `)
  project.write('tsconfig.json', tsconfig)
  project.write('use.ts', typeUse)
  expect(typecheck(project)).toBe('')
})

const tsconfig = JSON.stringify({
  extends: '../../../../../../tsconfig.base.json',
  compilerOptions: {
    ...{
      composite: false,
      noEmit: true,
      paths: { 'prisma-cache': ['../../../../src/index.ts'] },
    },
    typeRoots: ['../../../../../../node_modules/@types'],
  },
  include: ['use.ts'],
})

const typeUse = `import { definePolicies, none, parsePolicySet, writeBehind, writeThrough } from 'prisma-cache'
import { policies } from './generated/cache/index.js'

const set = definePolicies(policies, { Account: none(), Session: writeBehind({ flushEvery: '50ms' }) })
set.models.Account.policy.strategy satisfies string
parsePolicySet(policies).models satisfies object
policies.models.Account.policy.ttl satisfies 3600000

// @ts-expect-error no such model
definePolicies(policies, { Sesion: none() })
// @ts-expect-error a bare number is no duration
writeThrough({ ttl: 300 })
// @ts-expect-error no such unit
writeThrough({ ttl: '5min' })
// @ts-expect-error an answer before Postgres has the write cannot be strong
writeBehind({ consistency: 'strong' })
// @ts-expect-error only write-behind has batches
writeThrough({ maxBatch: 1 })
`

function typecheck({ folder }: PrismaProject): string {
  const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc')
  const { stdout, stderr } = spawnSync(process.execPath, [tsc, '-p', folder], {
    encoding: 'utf8',
  })
  return stdout + stderr
}

test('a schema without annotations: every model is none', () => {
  project.write('prisma/schema.prisma', header() + account)
  expect(project.generate('prisma/schema.prisma')).toMatchObject({ code: 0 })
  expect(project.read(output)).toContain('policy: { strategy: "none" }')
})

test('a broken schema fails with its frame and leaves the last good output', () => {
  project.write('prisma/schema.prisma', `${header()}/// @cache.invalidate\n${account}`)
  expect(project.generate('prisma/schema.prisma')).toMatchObject({ code: 0 })
  const good = project.read(output)

  project.write('prisma/schema.prisma', `${header()}\n\n/// @cache.writeThru(ttl: 1h)\n${account}`)
  const failed = project.generate('prisma/schema.prisma')
  expect(failed.code).not.toBe(0)
  // The frame shows the file as it was written, not as Prisma formats it.
  expect(failed.output).toContain(`
error[PC2103]: unknown strategy \`writeThru\`
 --> prisma/schema.prisma:9:12
  |
9 | /// @cache.writeThru(ttl: 1h)
  |            ^^^^^^^^^ did you mean \`writeThrough\`?

1 error

Nothing was written: the output of the last good run stays.
`)
  expect(project.read(output)).toBe(good)
})

test('a schema that was never good leaves nothing behind', () => {
  project.write('prisma/schema.prisma', `${header()}/// @cache.nope\n${account}`)
  const failed = project.generate('prisma/schema.prisma')
  expect(failed.code).not.toBe(0)
  expect(failed.output).toMatch(/^Nothing was written\.$/m)
  expect(project.exists('generated')).toBe(false)
})

test('a folder of files: problems of all of them, each in its own; other files are not read', () => {
  project.write('prisma/schema/main.prisma', header())
  project.write(
    'prisma/schema/b/session.prisma',
    '/// @cache.writeBehind(ttl: 5)\nmodel Session {\n  id String @id\n}\n',
  )
  project.write('prisma/schema/account.prisma', `\r\n\r\n/// é @cache\r\n/// @cache.nope\r\n${account}`)
  project.write('prisma/schema/notes.txt', '/// @cache.nope\n')
  const failed = project.generate('prisma/schema')
  expect(failed.code).not.toBe(0)
  expect(failed.output.match(/--> .*/g)).toEqual([
    '--> prisma/schema/account.prisma:4:12',
    '--> prisma/schema/b/session.prisma:1:29',
  ])

  project.write('prisma/schema/account.prisma', `/// @cache.none\n${account}`)
  project.write('prisma/schema/b/session.prisma', '/// @cache.writeBehind\nmodel Session {\n  id String @id\n}\n')
  expect(project.generate('prisma/schema')).toMatchObject({ code: 0 })
  expect(project.read(`prisma/${output}`).match(/strategy: "\w+"/g)).toEqual([
    'strategy: "none"',
    'strategy: "writeBehind"',
  ])
})

test('warnings are printed and fail nothing', () => {
  project.write('prisma/schema.prisma', `${header()}// @cache.none\n${account}`)
  const { code, output: printed } = project.generate('prisma/schema.prisma')
  expect(code).toBe(0)
  expect(printed).toContain(
    'warning[PC2150]: `@cache.none` in a `//` comment has no effect\n --> prisma/schema.prisma:7:4',
  )
})

test('the same schema again does not touch the file; a change replaces it and leaves no other', () => {
  project.write('prisma/schema.prisma', header() + account)
  project.generate('prisma/schema.prisma')
  const path = join(project.folder, output)
  utimesSync(path, 1, 1)
  project.generate('prisma/schema.prisma')
  expect(statSync(path).mtimeMs).toBe(1_000)

  project.write('prisma/schema.prisma', `${header()}/// @cache.invalidate\n${account}`)
  project.generate('prisma/schema.prisma')
  expect(project.read(output)).toContain('invalidate')
  expect(readdirSync(dirname(path))).toEqual(['index.ts'])
})

test('options of the module come from the schema, as those of the client do', () => {
  const options = 'generatedFileExtension = "cts"\n  importFileExtension = "cjs"\n  moduleFormat = "cjs"'
  project.write('prisma/schema.prisma', home.header(options) + account)
  expect(project.generate('prisma/schema.prisma')).toMatchObject({ code: 0 })
  expect(project.read('generated/cache/index.cts')).toContain("'prisma-cache' with { 'resolution-mode': 'import' }")
})

test('mistakes of datasource, generators and annotations are told at once, and the last good output stays', () => {
  const client = 'generator client {\n  provider = "prisma-client"\n  output = "../generated/prisma"\n}\n'
  project.write('prisma/schema.prisma', client + header() + account)
  expect(project.generate('prisma/schema.prisma')).toMatchObject({ code: 0 })
  const good = project.read(output)

  const wrong = home.header('moduleFromat = "cjs"').replace('postgresql', 'sqlite')
  project.write('prisma/schema.prisma', `${client}${wrong}/// @cache.nope\n${account}`)
  const failed = project.generate('prisma/schema.prisma')
  expect(failed.code).not.toBe(0)
  expect(failed.output.match(/^(error.*|\s+--> .*)/gm)).toEqual([
    'error[PC2403]: the generator `cache` has no option `moduleFromat`',
    ' --> prisma/schema.prisma:7:3',
    'error[PC2402]: the database of `db` is sqlite: prisma-cache works with PostgreSQL alone',
    '  --> prisma/schema.prisma:10:14',
    'error[PC2103]: unknown strategy `nope`',
    '  --> prisma/schema.prisma:12:12',
  ])
  expect(project.read(output)).toBe(good)
})

test('policies that Prisma would empty with its client are refused; those around the client stay', () => {
  const client = 'generator client {\n  provider = "prisma-client"\n  output = "../generated/cache/prisma"\n}\n'
  project.write(
    'prisma/schema.prisma',
    `${client}${home.header('output = "../generated/cache/prisma/policies"')}${account}`,
  )
  expect(project.generate('prisma/schema.prisma').output).toContain('error[PC2404]')
  expect(project.exists('generated/cache/prisma/policies')).toBe(false)

  project.write('prisma/schema.prisma', client + header() + account)
  expect(project.generate('prisma/schema.prisma')).toMatchObject({ code: 0 })
  const good = project.read(output)
  project.write('prisma/schema.prisma', `${client}${header()}/// @cache.nope\n${account}`)
  expect(project.generate('prisma/schema.prisma').code).not.toBe(0)
  expect(project.read(output)).toBe(good)
})
