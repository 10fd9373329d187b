import { splitLine } from '../../src/syntax/split-line.js'

const split = (text: string, inBlockComment = false) => {
  const { code, comment } = splitLine(text, { start: 0, end: text.length }, inBlockComment)
  return [code, comment && `${comment.kind}:${text.slice(comment.start, comment.end)}`]
}

test.each([
  ['code', '  id String', ['  id String', undefined]],
  ['a doc comment', '/// a', ['', 'doc: a']],
  ['a plain comment', 'id // a /// b', ['id ', 'plain: a /// b']],
  ['slashes in a string', 'a "x // y" /// z', ['a "x // y" ', 'doc: z']],
  ['an escaped quote', 'a "x\\" // y" /// z', ['a "x\\" // y" ', 'doc: z']],
  ['an escaped backslash', 'a "x\\\\" /// z', ['a "x\\\\" ', 'doc: z']],
  ['a block comment', 'a /* b " */ c', ['a           c', undefined]],
  ['a block comment in a plain one', 'a // /* b', ['a ', 'plain: /* b']],
])('%s', (_, text, parts) => {
  expect(split(text)).toEqual(parts)
})

test('a block comment from the line before', () => {
  expect(split('a */ b // c', true)).toEqual(['     b ', 'plain: c'])
})
