import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readSchemaFiles } from '../../src/generator/read-schema-files.js'
import { writeIfChanged } from '../../src/generator/write-if-changed.js'

const parent = join(import.meta.dirname, '../.tmp')
let folder: string
beforeEach(() => {
  mkdirSync(parent, { recursive: true })
  folder = mkdtempSync(join(parent, 'files-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('schema files', () => {
  const relativePaths = async (path: string) =>
    (await readSchemaFiles(path, 'the concatenation')).map((file) => file.path.replace(`${folder}/`, ''))

  test('a folder: files of any depth, sorted, links followed, no folder twice', async () => {
    mkdirSync(join(folder, 'schema/b/c'), { recursive: true })
    for (const name of ['z.prisma', 'b/a.prisma', 'b/c/d.prisma', 'notes.md'])
      writeFileSync(join(folder, 'schema', name), name)
    writeFileSync(join(folder, 'linked'), 'linked')
    symlinkSync(join(folder, 'linked'), join(folder, 'schema/y.prisma'))
    symlinkSync(join(folder, 'schema'), join(folder, 'schema/b/loop'))
    expect(await relativePaths(join(folder, 'schema'))).toEqual([
      'schema/b/a.prisma',
      'schema/b/c/d.prisma',
      'schema/y.prisma',
      'schema/z.prisma',
    ])
  })

  test('a file, whatever its name', async () => {
    writeFileSync(join(folder, 'bank.schema'), '')
    expect(await relativePaths(join(folder, 'bank.schema'))).toEqual(['bank.schema'])
  })

  test('nothing there: what Prisma handed over, under the path that it gave', async () => {
    const path = join(folder, 'gone.prisma')
    expect(await readSchemaFiles(path, 'the concatenation')).toEqual([{ path, text: 'the concatenation' }])
  })
})

describe('writing', () => {
  test('makes the folder, writes, and knows its own text again', async () => {
    const path = join(folder, 'a/b/index.ts')
    expect(await writeIfChanged(path, 'one')).toBe('written')
    expect(await writeIfChanged(path, 'one')).toBe('unchanged')
    expect(await writeIfChanged(path, 'two')).toBe('written')
    expect(readFileSync(path, 'utf8')).toBe('two')
    expect(readdirSync(join(folder, 'a/b'))).toEqual(['index.ts'])
  })

  test('that fails leaves no half of a file', async () => {
    mkdirSync(join(folder, 'index.ts'))
    await expect(writeIfChanged(join(folder, 'index.ts'), 'one')).rejects.toThrow()
    expect(readdirSync(folder)).toEqual(['index.ts'])
  })
})
