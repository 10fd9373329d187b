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

test('a diff has three lines around each change, and no carriage returns', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', ''].join('\r\n')
  expect(showDiff('a.prisma', before, before.replace('5', 'five'))).toBe(
    ['--- a.prisma', '+++ a.prisma', '@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'].join('\n'),
  )
  expect(showDiff('a.prisma', before, before)).toBe('')
})
