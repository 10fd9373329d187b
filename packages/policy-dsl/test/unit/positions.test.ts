import { displayWidth } from '../../src/diagnostics/display-width.js'
import { formatDiagnostic } from '../../src/index.js'
import { compileModels } from '../support/compile.js'

const model = '\nmodel A {\n  id String @id\n}\n'

function only(text: string) {
  const { diagnostics } = compileModels(text)
  expect(diagnostics).toHaveLength(1)
  return diagnostics[0]!
}

test.each([
  ['ascii', '/// @cache.nope', 12],
  ['a tab before the comment', '\t/// @cache.nope', 13],
  ['a tab inside the comment', '///\t@cache.nope', 12],
])('column after %s', (_, line, column) => {
  expect(only(line + model)).toMatchObject({ line: 4, column, length: 4 })
})

// As TypeScript, ESLint and the language server protocol do, so that an editor jumps to the right place.
test.each([
  ['two-byte letters', 'é'.repeat(3), 3],
  ['an accent of its own', 'e\u0301', 2],
  ['characters of two code units', '🎉🎉', 4],
  ['a family', '👨‍👩‍👧', 8],
  ['wide letters', '日本', 2],
])('columns count UTF-16 code units behind %s', (_, text, units) => {
  const diagnostic = only(`model A {\n  id String @id @default("${text}") /// @cache.none\n}\n`)
  expect(diagnostic).toMatchObject({ line: 5, column: 41 + units, length: 4 })
  expect(diagnostic.source.slice(diagnostic.column - 1, diagnostic.column - 1 + diagnostic.length)).toBe('none')
})

test.each([
  ['ascii, a tab and the end', 'a ~', 3],
  ['an accent of its own', 'e\u0301', 1],
  ['wide letters', '日本', 4],
  ['a family, a flag, a skin, a heart', '👨‍👩‍👧🇩🇪👍🏽❤️', 8],
  ['a heart as text', '❤', 1],
  ['nothing that shows', '\u200B\u0007', 0],
])('the width on a terminal of %s', (_, text, columns) => expect(displayWidth(text)).toBe(columns))

test('carets stand under a word behind wide characters and tabs', () => {
  const text = formatDiagnostic(only('model A {\n\tid String @id @default("日本🎉e\u0301") /// @cache.none\n}\n'))
  const [source, carets] = text.split('\n').slice(3)
  expect(source).toBe('5 | \tid String @id @default("日本🎉e\u0301") /// @cache.none')
  // Three characters two columns wide, one accent of none: six columns, one, and what is left one each.
  expect(carets).toBe(`  | \t${' '.repeat(24 + 6 + 1 + 14)}^^^^ move it above \`model A\``)
})

test.each([
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])('lines that end in %s', (_, end) => {
  const diagnostic = only(
    ['/// Prose.', '/// @cache.writeThrough(', '///   tll: 1h', '/// )', 'model A {', '  id String @id', '}', ''].join(
      end,
    ),
  )
  expect(diagnostic).toMatchObject({ line: 6, column: 7, source: '///   tll: 1h', length: 3 })
})

test('a span over several lines is marked on its first', () => {
  expect(only('/// @cache.writeBehind(durability: fsync(\n///   ))\nmodel A {\n  id String @id\n}\n')).toMatchObject({
    line: 4,
    column: 36,
    length: 6,
  })
})

test('a help line stands below the frame', () => {
  const diagnostic = { ...only(`/// @cache.nope${model}`), help: 'read the page of policies' }
  expect(formatDiagnostic(diagnostic)).toMatch(/\n {2}= help: read the page of policies$/)
})
