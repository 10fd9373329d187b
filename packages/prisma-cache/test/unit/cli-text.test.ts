import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { columns } from '../../src/cli/text/columns.js'
import { applyEdits, lineBreakAt } from '../../src/cli/text/edit.js'
import { showDiff } from '../../src/cli/text/show-diff.js'
import { counted, listed, wrapped } from '../../src/cli/text/words.js'

test('columns stand below each other, and no line ends with a space', () => {
  expect(
    columns([
      ['a', 'long cell', 'x'],
      ['longer', 'b', ''],
    ]),
  ).toEqual(['a       long cell  x', 'longer  b'])
})

test('words', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b', 'c']), listed(['a', 'b'], 'or')]).toEqual([
    '',
    'a',
    'a, b and c',
    'a or b',
  ])
  expect([counted(1, 'model'), counted(2, 'model')]).toEqual(['1 model', '2 models'])
  expect(wrapped('one two three averyverylongword', ' ', 9)).toEqual([' one two', ' three', ' averyverylongword'])
})

test('edits leave every other byte alone; those at one place keep their order', () => {
  const edits = [
    { start: 4, end: 4, text: 'X' },
    { start: 1, end: 2, text: '' },
    { start: 4, end: 4, text: 'Y' },
  ]
  expect(applyEdits('ab\r\ncd', edits)).toBe('a\r\nXYcd')
})

test('the line break of the place, or of the nearest place before it', () => {
  expect(lineBreakAt('a\r\nb\nc', 4)).toBe('\r\n')
  expect(lineBreakAt('a\nb\r\n', 5)).toBe('\r\n')
  expect(lineBreakAt('a', 1)).toBe('\n')
  expect(lineBreakAt('a\r\n', 0)).toBe('\r\n')
})

test('a diff has three lines around each change, each byte for byte', () => {
  const before = ['1', '2 ', '3', '', '5', '6', '7', '8', ''].join('\r\n')
  expect(showDiff('a.prisma', before, before.replace('5', 'five'))).toBe(
    [
      ...['--- a/a.prisma', '+++ b/a.prisma', '@@ -2,7 +2,7 @@', ' 2 \r', ' 3\r', ' \r'],
      ...['-5\r', '+five\r', ' 6\r', ' 7\r', ' 8\r'],
    ].join('\n'),
  )
  expect(showDiff('a.prisma', before, before)).toBe('')
})

describe.each([
  ['git', ['apply']],
  ['patch', ['-p1', '--binary', '-s']],
])('%s takes it', (program, args) => {
  // Git is there, since this is a repository; the other may not be.
  const takes = spawnSync(program, ['--version']).status === 0 ? test : test.skip
  takes.each([
    ['LF', 'model A {\n\n  id Int @id  \n}\n'],
    ['CRLF', 'model A {\r\n\r\n  id Int @id  \r\n}\r\n'],
    ['no line break at the end', 'model A {\n  id Int @id\n}'],
    ['both line breaks', '// ü\r\n\nmodel A {\r\n  id Int @id\n}\r\n'],
  ])('%s', (_, before) => {
    const folder = mkdtempSync(join(tmpdir(), 'prisma-cache-diff-'))
    try {
      mkdirSync(join(folder, 'prisma'))
      const file = join(folder, 'prisma/a.prisma')
      const after = before.replace('model', `/// @cache.none${lineBreakAt(before, 0)}model`)
      writeFileSync(file, before)
      const input = `A: prose\n\n${showDiff('prisma/a.prisma', before, after)}\n\nMore prose.\n`
      const env = { ...process.env, GIT_DIR: join(folder, 'none'), GIT_CEILING_DIRECTORIES: folder }
      expect(spawnSync(program, args, { cwd: folder, input, env, encoding: 'utf8' })).toMatchObject({ status: 0 })
      expect(readFileSync(file, 'utf8')).toBe(after)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
