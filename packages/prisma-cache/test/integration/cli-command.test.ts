import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'
import { type CliProject, createCliProject } from './support/cli-project.js'

const here = join(import.meta.dirname, '../..')
const root = join(here, '../..')

let project: CliProject
beforeEach(() => {
  project = createCliProject()
})
afterEach(() => project.remove())

const lines = (...all: readonly string[]) => `${all.join('\n')}\n`

const client = lines('generator client {', '  provider = "prisma-client"', '  output   = "../../generated/prisma"', '}')
const datasource = lines('datasource db {', '  provider = "postgresql"', '}')
const unseen = lines(
  '',
  'What no analysis can see:',
  '  - writes past the extension (psql, migrations, other services): an entry is served until its ttl;',
  '    `$cache.invalidate` drops it',
  '  - triggers in the database, where they write to other tables, or to the same row after the',
  '    statement: use `invalidate` for such a model, and `$cache.invalidate` for the others',
  '  - foreign keys that only the database has, or whose action there is not that of the schema',
)

test('init changes nothing where the database is another', () => {
  const schema = `${client}${datasource.replace('postgresql', 'mysql')}model User {\n  id Int @id\n}\n`
  project.write('prisma/schema.prisma', schema)
  const { code, out, err } = project.run('init', '--write-behind', '--yes')
  expect([code, out]).toEqual([1, ''])
  expect(err).toMatch(/^error\[PC6106\]: the schema has errors\n\nerror\[PC2402\]: the database of `db` is mysql/)
  expect(project.read('prisma/schema.prisma')).toBe(schema)
})

test('check fails where `prisma generate` would, for generators and datasource too', () => {
  const cache = (options: string) => `generator cache {\n  provider = "prisma-cache-generator"\n  ${options}\n}\n`
  const model = 'model User {\n  id Int @id\n}\n'
  const codes = (schema: string) => {
    project.write('prisma/schema.prisma', schema + model)
    const { code, out } = project.run('check')
    return [code, ...out.matchAll(/^error\[(PC\d+)\]/gm)].map((found) => (Array.isArray(found) ? found[1] : found))
  }
  expect(codes(client + cache('output = "../generated/cache"') + datasource)).toEqual([0])
  expect(codes(client + cache('moduleFormat = "umd"') + datasource)).toEqual([1, 'PC2403'])
  expect(codes(client + cache('output = "../../generated/prisma/cache"') + datasource)).toEqual([1, 'PC2404'])
  expect(codes(client.replace(/ *output.*\n/, '') + datasource)).toEqual([1, 'PC2401'])
  expect(codes(client + cache('') + datasource.replace('postgresql', 'sqlite'))).toEqual([1, 'PC2402'])
  expect(codes(client)).toEqual([1, 'PC2405'])
  process.env.POLICIES_OF_A_TEST = '../../generated/prisma'
  expect(codes(client + cache('output = env("POLICIES_OF_A_TEST")') + datasource)).toEqual([1, 'PC2404'])
})

describe('a schema of several files', () => {
  beforeEach(() => {
    project.write('prisma.config.ts', "export default { schema: 'prisma/schema' }\n")
    project.write('prisma/schema/main.prisma', client + datasource)
    project.write(
      'prisma/schema/people/user.prisma',
      '/// @cache.invalidate\nmodel User {\n  id Int @id\n  posts Post[]\n}\n',
    )
    project.write(
      'prisma/schema/post.prisma',
      lines(
        '/// @cache.writeAround(ttl: 1m)',
        'model Post {',
        '  id       Int  @id',
        '  authorId Int',
        '  author   User @relation(fields: [authorId], references: [id], onDelete: Cascade)',
        '}',
        '',
        'view Top {',
        '  id Int @unique',
        '}',
      ),
    )
  })

  test('check: the whole of it', () => {
    // Views are a preview feature of Prisma.
    project.write('prisma/schema/main.prisma', client.replace('{', '{\n  previewFeatures = ["views"]') + datasource)
    expect(project.run('check')).toEqual({
      code: 0,
      err: '',
      out:
        lines(
          'prisma/schema: 3 models, 2 cached',
          '',
          'model  strategy             ttl  consistency  what else',
          'Post   writeAround          1m   session      -',
          'Top    none (nothing said)  -    -            -',
          'User   invalidate           5m   session      -',
          '',
          'What the database does by itself, and prisma-cache follows:',
          '  - deleting User deletes Post',
          '  - changing a key of User changes Post.authorId',
        ) +
        unseen +
        lines(
          '  - Top (view): nothing says which writes change it, so no answer that touches it is cached;',
          '    `dependsOn` would say it',
        ),
    })
  })

  test('check: mistakes in several files, each in its place', () => {
    project.write(
      'prisma/schema/post.prisma',
      'model Post {\n  id Int @id\n  userId Int\n  user User @relation(fields: [userId], references: [id])\n}\n/// @cache.nome\nmodel Tag {\n  id Int @id\n}\n',
    )
    project.write(
      'prisma/schema/people/user.prisma',
      '/// @cache.writeBehind(consistency: strong)\nmodel User {\n  id Int @id\n  posts Post[]\n}\n',
    )
    expect(project.run('check')).toEqual({
      code: 1,
      err: '',
      out: lines(
        'error[PC2201]: `writeBehind` cannot be `strong`: its writes are answered before they are in Postgres',
        ' --> prisma/schema/people/user.prisma:1:37',
        '  |',
        '1 | /// @cache.writeBehind(consistency: strong)',
        '  |                                     ^^^^^^ use `session`, or `writeThrough` for this model',
        '',
        'error[PC2103]: unknown strategy `nome`',
        ' --> prisma/schema/post.prisma:6:12',
        '  |',
        '6 | /// @cache.nome',
        '  |            ^^^^ did you mean `none`?',
        '',
        '2 errors',
      ),
    })
    const refused = project.run('explain', 'User')
    expect([refused.code, refused.out]).toEqual([1, ''])
    expect(refused.err).toMatch(/^error\[PC6106\]: the schema has errors\n\nerror\[PC2201\]/)
  })

  test('init writes into the file of the client, and advise shows the file of the model', () => {
    project.write('prisma/schema/main.prisma', client + datasource)
    project.write('prisma/schema/post.prisma', 'model Post {\n  id Int @id\n}\n')
    project.write('prisma/schema/people/user.prisma', 'model User {\n  id Int @id\n}\n')
    const { code, out } = project.run('init', '--write-behind', '--yes')
    expect(code).toBe(0)
    expect(out).toContain('Wrote prisma/schema/main.prisma.\n')
    expect(project.read('prisma/schema/main.prisma')).toBe(
      lines(
        client.trimEnd(),
        '',
        '// A policy stands directly above its model, on a line of its own:',
        '// `/// @cache.invalidate(ttl: 5m)`. `npx prisma-cache advise <Model>` helps to choose one.',
        'generator cache {',
        '  provider = "prisma-cache-generator"',
        '  output   = "../../generated/cache"',
        '}',
        datasource.trimEnd(),
        '',
        '/// Which flush batch of each shard has been applied; written by the flush worker.',
        'model PrismaCacheLedger {',
        '  shard     String   @id',
        '  epoch     BigInt',
        '  batch     BigInt',
        '  rejected  Json?',
        '  updatedAt DateTime @default(now()) @updatedAt @map("updated_at") @db.Timestamptz(3)',
        '',
        '  @@map("_prisma_cache_ledger")',
        '}',
      ),
    )
    const answers = ['--stale', 'session', '--loss', 'none', '--bottleneck', 'none', '--read-after-write', 'often']
    expect(project.run('advise', 'User', ...answers).out).toMatch(
      /--- a\/prisma\/schema\/people\/user.prisma\n.*\n@@ -1,3 \+1,4 @@\n\+\/\/\/ @cache.writeThrough\n model User \{\n/,
    )
  })
})

describe('a file with carriage returns, and none at its end', () => {
  const model = lines('/// @cache.writeBehnd', 'model Visit {', '  id String @id', '}').trimEnd()
  const text = `${client}\n${datasource}\n${model}`.replaceAll('\n', '\r\n')

  test('frames hold no carriage return', () => {
    project.write('schema.prisma', text)
    const { code, out } = project.run('check')
    expect(code).toBe(1)
    expect(out).toBe(
      lines(
        'error[PC2103]: unknown strategy `writeBehnd`',
        '  --> schema.prisma:10:12',
        '   |',
        '10 | /// @cache.writeBehnd',
        '   |            ^^^^^^^^^^ did you mean `writeBehind`?',
        '',
        '1 error',
      ),
    )
  })

  test('init: every byte that was there stays, in its order; a dry run writes none', () => {
    project.write('schema.prisma', text)
    const dry = project.run('init', '--write-behind', '--dry-run')
    expect(dry).toMatchObject({ code: 0, out: expect.stringMatching(/\n\nNothing was written \(--dry-run\)\.\n$/) })
    expect(project.read('schema.prisma')).toBe(text)

    expect(project.run('init', '--write-behind', '--yes').code).toBe(0)
    const written = project.read('schema.prisma')
    expect(written).not.toMatch(/[^\r]\n/)
    const generator =
      '\r\n\r\ngenerator cache {\r\n  provider = "prisma-cache-generator"\r\n  output   = "../../generated/cache"\r\n}'
    const ledger = written.slice(written.indexOf('\r\n\r\n/// Which flush batch'))
    expect(written.replace(generator, '').replace(ledger, '')).toBe(text)

    expect(project.run('init', '--write-behind', '--yes').out).toBe('schema.prisma: nothing to do\n')
    expect(project.read('schema.prisma')).toBe(written)
  })
})

describe('no schema, or none that can be used', () => {
  test.each([['check'], ['init', '--yes'], ['explain', 'User'], ['advise', 'User']])('%s %s', (...args) => {
    expect(project.run(...args)).toEqual({
      code: 1,
      out: '',
      err: lines(
        'error[PC6101]: no schema found: there is neither `schema.prisma` nor `prisma/schema.prisma`',
        '  = next: call it in the folder of the project, or with `--schema <file|folder>`',
      ),
    })
  })

  test('what Prisma says of a schema that it refuses, without its colours', () => {
    project.write('schema.prisma', `${datasource}model A {\n  id Int @id\n  b  Foo\n}\n`)
    expect(project.run('check')).toEqual({
      code: 1,
      out: '',
      err: lines(
        'error[PC6104]: Prisma refuses the schema:',
        '',
        'error: Type "Foo" is neither a built-in type, nor refers to another model, composite type, or enum.',
        '  -->  schema.prisma:6',
        '   | ',
        ' 5 |   id Int @id',
        ' 6 |   b  Foo',
        '   | ',
        '',
        'Validation Error Count: 1',
        '',
        '  = next: `npx prisma validate` says the same; correct it first',
      ),
    })
  })

  test('a mistake of the call ends with 2', () => {
    expect(project.run('check', '--schema', 'nowhere')).toEqual({
      code: 2,
      out: '',
      err: lines(
        'error[PC6005]: `--schema nowhere` names nothing',
        '  = next: give the path of a schema file, or of the folder that holds its files',
      ),
    })
    expect(project.run('chek').code).toBe(2)
  })
})

describe('advise', () => {
  const strong = ['--stale', 'never', '--bottleneck', 'none', '--read-after-write', 'seldom']
  const late = ['--stale', 'session', '--loss', 'seconds', '--bottleneck', 'latency']
  const user = 'model User {\n  id String @id\n  bills Bill[]\n}\n'
  const bill =
    'model Bill {\n  id String @id\n  userId String\n  user User @relation(fields: [userId], references: [id])\n}\n'

  test('names what a strong model would not cache', () => {
    project.write('schema.prisma', datasource + user + bill)
    expect(project.run('advise', 'Bill', ...strong).out).toContain(
      lines(
        'Reads that include, filter, order or count by what is not `strong` go to Postgres: user (User).',
        '',
        'Why not:',
      ),
    )
  })

  test('shows the warning that its own change would bring', () => {
    project.write('schema.prisma', `${datasource}${user}/// @cache.invalidate(consistency: strong)\n${bill}`)
    const { code, out } = project.run('advise', 'User', ...late)
    expect(code).toBe(0)
    expect(out.slice(out.indexOf('The change'))).toBe(
      lines(
        'The change to the schema:',
        '',
        '--- a/schema.prisma',
        '+++ b/schema.prisma',
        '@@ -1,6 +1,7 @@',
        ' datasource db {',
        '   provider = "postgresql"',
        ' }',
        '+/// @cache.writeBehind(flushEvery: 250ms, durability: memory)',
        ' model User {',
        '   id String @id',
        '   bills Bill[]',
        '',
        'What `prisma-cache check` says of it then:',
        '',
        'warning[PC2250]: `Bill` is `strong` and requires `User`, whose writes reach Postgres later',
        ' --> schema.prisma:4:12',
        '  |',
        '4 | /// @cache.writeBehind(flushEvery: 250ms, durability: memory)',
        '  |            ^^^^^^^^^^^ a new `User` comes first: flush it before `Bill` refers to it',
        "  = help: changes of one row are applied in the order of acceptance; between models `$cache.flush('User')` is the barrier",
        '',
        '1 warning',
      ),
    )
  })

  test('needs no schema for general advice', () => {
    expect(project.run('advise', ...late)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^@cache\.writeBehind\(flushEvery: 250ms, durability: memory\)\n/),
    })
  })
})

test('check --json: the same, whole', () => {
  project.write(
    'db.prisma',
    `${datasource}/// @cache.writeBehind(ttl: 90s)\nmodel A {\n  id String @id\n}\nmodel B {\n  id Int @id\n  @@ignore\n}\n`,
  )
  const { code, out } = project.run('check', '--json', '--schema', 'db.prisma')
  expect(code).toBe(0)
  const report = JSON.parse(out)
  expect(report).toEqual({
    formatVersion: 1,
    ok: true,
    schema: 'db.prisma',
    files: ['db.prisma'],
    diagnostics: [],
    models: [
      {
        model: 'A',
        file: 'db.prisma',
        line: 5,
        annotated: true,
        strategy: 'writeBehind',
        // And whatever else the strategy takes in this version.
        arguments: expect.objectContaining({
          ttl: '90s',
          consistency: 'session',
          maxBatch: '500',
          durability: 'fsync',
        }),
        changed: ['ttl'],
      },
    ],
    cascades: [],
    unseen: [
      { kind: 'outside', models: [], text: expect.any(String) },
      { kind: 'triggers', models: [], text: expect.any(String) },
      { kind: 'foreign-keys', models: [], text: expect.any(String) },
      { kind: 'ignored', models: ['B'], text: expect.any(String) },
    ],
  })
  project.write('db.prisma', `${datasource}/// @cache.non\nmodel A {\n  id String @id\n}\n`)
  const wrong = project.run('check', '--json', '--schema', 'db.prisma')
  expect([wrong.code, wrong.err]).toEqual([1, ''])
  expect(JSON.parse(wrong.out)).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'PC2103', severity: 'error', file: 'db.prisma', line: 4, column: 12, length: 3 }],
    models: [],
  })
})

test('the schema that init makes is one that Prisma generates policies from', () => {
  project.write(
    'prisma/schema.prisma',
    `${client.replace('../../', '../')}${datasource}model A {\n  id String @id\n}\n`,
  )
  expect(project.run('init', '--write-behind', '--yes').code).toBe(0)
  const cli = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build/index.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'generate', '--no-hints'], {
    cwd: project.folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`,
      // Generating needs wasm alone; naming an engine keeps the CLI from looking for one to download.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      CHECKPOINT_DISABLE: '1',
    },
  })
  expect({ status, told: `${stdout}${stderr}` }).toMatchObject({ status: 0 })
  expect(existsSync(join(project.folder, 'generated/cache/index.ts'))).toBe(true)
})

test('without @prisma/client the command says what is missing, where it needs it', () => {
  const modules = join(project.folder, 'node_modules')
  const installed = join(modules, 'prisma-cache')
  mkdirSync(join(modules, '@prisma'), { recursive: true })
  mkdirSync(join(modules, '@prisma-cache'))
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(here, part), join(installed, part), { recursive: true })
  for (const name of readdirSync(join(here, 'node_modules'))) {
    if (!name.startsWith('@')) symlinkSync(realpathSync(join(here, 'node_modules', name)), join(modules, name))
  }
  for (const name of ['@prisma-cache/policy-dsl', '@prisma/get-dmmf']) {
    symlinkSync(realpathSync(join(here, 'node_modules', name)), join(modules, name))
  }
  const alone = createCliProject(join(installed, 'bin/prisma-cache.js'))
  try {
    alone.write('schema.prisma', `${datasource}model A {\n  id String @id\n}\n`)
    expect(alone.run('check').code).toBe(0)
    expect(alone.run('explain', 'A')).toEqual({
      code: 1,
      out: '',
      err: lines(
        'error[PC6105]: the package `@prisma/client` is not installed',
        '  = next: install `prisma` and `@prisma/client` 7.10 or later, then try again',
      ),
    })
  } finally {
    alone.remove()
  }
})

test('check and explain: what stands at fields, and reads as they may be cached then', () => {
  project.write(
    'db.prisma',
    `${datasource}/// @cache.writeThrough
model A {
  id     String @id
  tenant String /// @cache.scope
  v      Int    /// @cache.version
  /// @cache.omit
  hash   String
  /// @cache.omit
  salt   String
}
model B {
  id   String @id
  hash String /// @cache.omit
}
`,
  )
  const check = project.run('check', '--schema', 'db.prisma')
  expect(check.code).toBe(0)
  expect(check.out).toContain(
    lines(
      'model  strategy             ttl  consistency  what else',
      'A      writeThrough         5m   session      @cache.version: v, @cache.omit: hash, salt, @cache.scope: tenant',
      'B      none (nothing said)  -    -            @cache.omit: hash',
    ),
  )
  const { models } = JSON.parse(project.run('check', '--json', '--schema', 'db.prisma').out)
  expect(models.map((model: { fields: object }) => model.fields)).toEqual([
    { version: 'v', omit: ['hash', 'salt'], scope: ['tenant'] },
    { omit: ['hash'], scope: [] },
  ])

  const { out } = project.run('explain', 'A', '--schema', 'db.prisma')
  for (const line of [
    '  scope       tenant        db.prisma:7',
    '  omit        salt          db.prisma:11',
    '  by primary key and tenant    depends on writes of this row and writes of A that name no row',
    '  lists, counts, …, by tenant  depends on every write of A',
    '  create      puts the row into the cache, unless writers overlap; drops every list and count over A',
    '  - its `where` does not set tenant equal to a value, at its top or under `AND`',
  ])
    expect(out).toContain(`${line}\n`)
})

test('advise keeps what the model has and the answers do not decide', () => {
  project.write(
    'db.prisma',
    `${client.replace('{', '{\n  previewFeatures = ["views"]')}${datasource}/// @cache.invalidate(narrowBy: [a])
model A {
  id Int @id @default(autoincrement())
  a  Int
}
/// @cache.invalidate(dependsOn: [A])
view V {
  id Int @unique
}
`,
  )
  const answers = ['--stale', 'session', '--loss', 'seconds', '--bottleneck', 'latency', '--read-after-write', 'often']
  const advice = project.run('advise', 'A', '--schema', 'db.prisma', ...answers).out
  expect(advice).toContain('+/// @cache.writeThrough(narrowBy: [a])\n')
  expect(advice.replace(/\s+/g, ' ')).toContain('(PC2202); with `creates: writeThrough`, its other writes can be.')
  const view = project.run('advise', 'V', '--schema', 'db.prisma', ...answers).out
  expect(view).toMatch(/^V: @cache.invalidate\(dependsOn: \[A\]\)\n/)
  expect(view).toMatch(/\nThe schema says so already.\n$/)
})

test('writeBehind is not advised where few writes would be accepted', () => {
  project.write(
    'db.prisma',
    `${client}${datasource}model Secret {
  id       String @id @default(uuid())
  password String /// @cache.omit
}
model Tenant {
  id     String @id @default(uuid())
  tenant String /// @cache.scope
}
/// @cache.invalidate(dependsOn: [Secret])
model Depending {
  id String @id @default(uuid())
}
/// @cache.writeBehind(maxBatch: 500, durability: fsync, read: none)
model Free {
  id String @id @default(uuid())
}
`,
  )
  const answers = ['--stale', 'session', '--loss', 'seconds', '--bottleneck', 'latency', '--read-after-write', 'often']
  const advice = (model: string) =>
    project.run('advise', model, '--schema', 'db.prisma', ...answers).out.replace(/\s+/g, ' ')
  for (const [model, code] of [
    ['Secret', 'PC2256'],
    ['Tenant', 'PC2256'],
    ['Depending', 'PC2255'],
  ] as const) {
    expect(advice(model)).toMatch(
      new RegExp(`^${model}: @cache\\.writeThrough.* writeBehind: would fit .*\\(${code}\\)`),
    )
  }
  const free = advice('Free')
  expect(free).toMatch(/^Free: @cache\.writeBehind\(flushEvery: 250ms, durability: fsync, maxBatch: 500\)/)
  expect(free).toContain('`read: none` goes')
})
