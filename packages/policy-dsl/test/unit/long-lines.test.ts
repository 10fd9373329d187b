import { formatDiagnostics } from '../../src/index.js'
import { compileFiles } from '../support/compile.js'

const schema = (annotation: string) => `datasource db {
  provider = "postgresql"
}
/// ${annotation}
model A {
  id String @id
}
`

test('a long line is shown around its mistake, with the caret under it', () => {
  const annotation = `@cache.writeThrough(${'ttl: 1h, '.repeat(30)}tttl: 5m${', consistency: session'.repeat(10)})`
  const { diagnostics } = compileFiles({ path: 'a.prisma', text: schema(annotation) })
  const wrong = diagnostics.find(({ code }) => code === 'PC2104')!
  const [, place, , source, carets] = formatDiagnostics([wrong]).split('\n')
  expect(place).toContain(`:4:${wrong.column}`)
  expect([...source!].length).toBeLessThan(150)
  expect(source!.slice(carets!.indexOf('^'), carets!.lastIndexOf('^') + 1)).toBe('tttl')
})

test('more mistakes than anybody reads are counted, not printed', () => {
  const { diagnostics } = compileFiles({
    path: 'a.prisma',
    text: schema(`@cache.writeThrough(${'ttl: 5, '.repeat(2000)})`),
  })
  const text = formatDiagnostics(diagnostics)
  expect(text.length).toBeLessThan(100_000)
  expect(text).toContain(`… and ${diagnostics.length - 200} more\n\n${diagnostics.length} errors`)
})
