import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { findSchema } from '../../src/cli/schema/find-schema.js'
import { readSchema } from '../../src/cli/schema/read-schema.js'
import { schemaOfConfig } from '../../src/cli/schema/schema-of-config.js'

describe('the schema of a Prisma config, read from its text', () => {
  const path = (value: string) => ({ kind: 'path', path: value })
  const computed = { kind: 'computed' }
  test.each([
    [`export default defineConfig({ schema: 'db/schema.prisma' })`, path('db/schema.prisma')],
    [`export default { "schema": "db", }`, path('db')],
    ['export default { schema: `db` }', path('db')],
    [`export default { schema: path.join('prisma', 'schema') }`, path('prisma/schema')],
    [`export default { schema: join(import.meta.dirname, 'prisma', 'schema'), }`, path('prisma/schema')],
    [`export default { schema: path.resolve(process.cwd(), 'db') }`, path('db')],
    [`// schema: 'no'\n/* schema: 'no' */ export default { schema: 'https://yes' }`, path('https://yes')],
    [`export default { migrations: { path: 'schema: x' } }`, { kind: 'none' }],
    [`export default { mySchema: 'no', my: { url: "a" } }`, { kind: 'none' }],
    [`export default { schema: 'a' + b }`, computed],
    [`export default { schema: process.env.SCHEMA }`, computed],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a program.
    ['export default { schema: `${root}/a` }', computed],
    [`export default { schema: path.join(root, 'a') }`, computed],
    [`const schema = 'a'\nexport default { schema }`, computed],
    [`export default { schema, migrations: {} }`, computed],
  ])('%s', (text, expected) => expect(schemaOfConfig(text)).toEqual(expected))
})

describe('where a schema is found', () => {
  let cwd: string
  beforeEach(() => {
    cwd = mkdtempSync(join(tmpdir(), 'prisma-cache-cli-'))
  })
  afterEach(() => rmSync(cwd, { recursive: true, force: true }))

  function write(path: string, text: string | Uint8Array = ''): void {
    mkdirSync(dirname(join(cwd, path)), { recursive: true })
    writeFileSync(join(cwd, path), text)
  }
  const found = async (given?: string) => relative(cwd, await findSchema(cwd, given))

  test('each place is preferred to those before it', async () => {
    write('prisma/schema/a.prisma')
    expect(await found()).toBe('prisma/schema')
    write('prisma/schema.prisma')
    expect(await found()).toBe('prisma/schema.prisma')
    write('db/of-manifest.prisma')
    write('package.json', '{ "prisma": { "schema": "./db/of-manifest.prisma" } }')
    expect(await found()).toBe('db/of-manifest.prisma')
    write('.config/db/of-config.prisma')
    write('.config/prisma.ts', `export default { schema: './db/of-config.prisma' }`)
    expect(await found()).toBe('.config/db/of-config.prisma')
    expect(await found('db')).toBe('db')
  })

  test('a config without a schema leaves the usual places', async () => {
    write('prisma.config.ts', 'export default { migrations: {} }')
    write('package.json', 'not JSON')
    write('prisma/schema.prisma')
    expect(await found()).toBe('prisma/schema.prisma')
  })

  test('what is not found, and what is not known', async () => {
    await expect(found()).rejects.toMatchObject({ code: 'PC6101', exitCode: 1 })
    await expect(found('nowhere')).rejects.toMatchObject({ code: 'PC6005', exitCode: 2 })
    write('prisma.config.js', 'export default { schema: where() }')
    await expect(found()).rejects.toMatchObject({ code: 'PC6102' })
    write('prisma.config.js', `export default { schema: 'nowhere' }`)
    await expect(found()).rejects.toMatchObject({
      code: 'PC6101',
      message: 'there is nothing at nowhere (`schema` of prisma.config.js)',
    })
  })

  test('a folder is read at any depth, in one order, byte for byte', async () => {
    write('db/b.prisma', '\uFEFFb\r\n')
    write('db/a/a.prisma', 'a')
    write('db/notes.txt', 'no schema')
    const files = await readSchema(cwd, join(cwd, 'db'))
    expect(files.map(({ path, text }) => [path, text])).toEqual([
      ['db/a/a.prisma', 'a'],
      ['db/b.prisma', '\uFEFFb\r\n'],
    ])
  })

  test('a folder without a schema, and a file that is not UTF-8', async () => {
    write('empty/notes.txt')
    await expect(readSchema(cwd, join(cwd, 'empty'))).rejects.toMatchObject({ code: 'PC6101' })
    write('latin.prisma', Buffer.from([0x2f, 0x2f, 0xe4]))
    await expect(readSchema(cwd, join(cwd, 'latin.prisma'))).rejects.toMatchObject({
      code: 'PC6103',
      message: 'latin.prisma cannot be read: it is not UTF-8',
    })
  })
})
