import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { findSchema, type Given } from '../../src/cli/schema/find-schema.js'
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
    [`export default { schema: path.resolve(process.cwd(), 'db') }`, { ...path('db'), fromCwd: true }],
    [`export default { schema: resolve('db') }`, { ...path('db'), fromCwd: true }],
    [`export default { schema: resolve(__dirname, 'db') }`, path('db')],
    [`module.exports = { 'schema': 'db' }`, path('db')],
    [`const x = { schema: 'no' }\nexport default defineConfig({ tables: { schema: 'no' }, schema: 'db' })`, path('db')],
    [`const config: PrismaConfig = {\n  schema: 'db',\n} satisfies PrismaConfig\nexport default config`, path('db')],
    [`const config = defineConfig<X>({ schema: 'db' })\nexport { config as default }`, path('db')],
    [
      `export default { datasource: { url: env('schema') }, migrations: { path: 'a', schema: 'no' } }`,
      { kind: 'none' },
    ],
    [`const at = () => { schema: 'no' }\nexport default { views: [{ schema: 'no' }] }`, { kind: 'none' }],
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
    [`export default { ...base }`, computed],
    [`export default { ...base, schema: 'db' }`, path('db')],
    [`export default { schema() { return 'db' } }`, computed],
    [`import { config } from './base.ts'\nconst schema = 'a'\nexport default config`, computed],
    [`import { config } from './base.ts'\nexport default config`, computed],
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
  const found = async (given?: Given) => relative(cwd, await findSchema(cwd, given))
  const config = (schema: string) => `export default { schema: './${schema}' }`

  test('each place is preferred to those before it, as Prisma has them', async () => {
    write('prisma/schema.prisma')
    expect(await found()).toBe('prisma/schema.prisma')
    write('schema.prisma')
    expect(await found()).toBe('schema.prisma')
    const configs = ['.config/prisma.config.mts', '.config/prisma.ts', 'prisma.config/index.cjs', 'prisma.config.ts']
    for (const place of [...configs, 'prisma.config.js', '.config/prisma7.ts', 'prisma7.config.ts']) {
      const schema = `of-${place.replaceAll(/\W/g, '-')}.prisma`
      write(join(dirname(place), schema))
      write(place, config(schema))
      expect(await found()).toBe(join(dirname(place), schema))
    }
    write('other/db/a.prisma')
    write('other/config.ts', config('db'))
    expect(await found({ config: 'other/config.ts' })).toBe('other/db')
    expect(await found({ config: 'other/config.ts', schema: 'schema.prisma' })).toBe('schema.prisma')
  })

  test('a config without a schema leaves the usual places, beside it where it was given', async () => {
    write('prisma.config.ts', 'export default { migrations: {} }')
    write('prisma/schema.prisma')
    expect(await found()).toBe('prisma/schema.prisma')
    write('other/config.ts', 'export default {}')
    write('other/prisma/schema.prisma')
    expect(await found({ config: 'other/config.ts' })).toBe('other/prisma/schema.prisma')
  })

  test('where Prisma 7 finds none, neither is one found here', async () => {
    write('package.json', '{ "prisma": { "schema": "./db/a.prisma" } }')
    write('db/a.prisma')
    await expect(found()).rejects.toMatchObject({ code: 'PC6101' })
    write('prisma/schema/a.prisma')
    const next = "if prisma/schema holds it, say `schema: 'prisma/schema'` in prisma.config.ts"
    await expect(found()).rejects.toMatchObject({ code: 'PC6101', next: expect.stringContaining(next) })
  })

  test('a path from the folder of the call, in a config elsewhere', async () => {
    write('db/a.prisma')
    write('.config/prisma.ts', `export default { schema: path.join(process.cwd(), 'db') }`)
    expect(await found()).toBe('db')
  })

  test('what is not found, and what is not known', async () => {
    await expect(found()).rejects.toMatchObject({ code: 'PC6101', exitCode: 1 })
    await expect(found({ config: 'nowhere.ts' })).rejects.toMatchObject({ code: 'PC6005', exitCode: 2 })
    await expect(found({ schema: 'nowhere' })).rejects.toMatchObject({ code: 'PC6005', exitCode: 2 })
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
