import fc from 'fast-check'
import { argumentsOf, strategyWords } from '../../src/grammar/strategies.js'
import { formatDiagnostic, type SchemaFile } from '../../src/index.js'
import { compileFiles } from '../support/compile.js'

/** `RUNS=100000 pnpm test:unit random-schemas` looks for longer. */
const numRuns = Number(process.env.RUNS ?? 150)

const models = ['Account', 'Session', 'AuditLog', 'constructor', 'Gone'] as const
const fields = ['id', 'name', 'at', 'amount', 'kind', 'rev', 'note', 'valueOf', 'ownerId', 'owner'] as const

const ids = ['@id @default(uuid())', '@id', '@unique'].map((maker) => `  id String ${maker}`)
const id = fc.constantFrom(...ids, '  id Int @id @default(autoincrement())', '  id BigInt @id')
const column = fc.constantFrom(
  ...['name String', 'name String? @db.Citext', 'at DateTime @default(now())', 'amount Decimal @default(0.10)'],
  ...['kind Kind @default(A)', 'rev Int @default(0)', 'rev Int?', 'note String[]', 'valueOf Int', 'note Json?'],
)

const word = fc.constantFrom(
  ...[
    '1h',
    '5m',
    '0ms',
    '1.5h',
    '-3s',
    '30',
    'auto',
    'on',
    'off',
    'strong',
    'session',
    'eventual',
    'none',
    'fsync',
    'memory',
  ],
  ...[
    'replicated(2)',
    'refreshAhead(0.8)',
    'staleWhileRevalidate(30s)',
    'refreshAhead(2)',
    'reject',
    'bypass',
    'accept',
  ],
  ...[
    'writeThrough',
    'delta',
    'absolute',
    'read',
    'all',
    '{ max: 5, ttl: 5s }',
    '{ max: 0 }',
    '{}',
    '"5m"',
    "'on'",
    '(',
    '',
  ],
)
const list = fc
  .array(fc.constantFrom<string>(...models, ...fields, 'Nobody', '5', '"x"'), { maxLength: 3 })
  .map((names) => `[${names.join(', ')}]`)
const argumentName = fc.constantFrom<string>(
  ...new Set(strategyWords.flatMap((one) => Object.keys(argumentsOf(one)))),
  'tll',
)
const argument = fc
  .tuple(argumentName, fc.constantFrom(': ', ':', ' ', ' = '), fc.oneof(word, list))
  .map((parts) => parts.join(''))
const strategy = fc
  .tuple(
    fc.constantFrom('/// ', '///', '/// ', '// ', '//// ', '/// - ', '/* '),
    fc.constantFrom(...['@cache.', '@cache.', '@cache.', '@Cache.', '@cache ', 'Prose. @cache.']),
    fc.constantFrom<string>(...strategyWords, ...strategyWords, 'writeThru', 'version', 'none()', ''),
    fc.option(fc.array(argument, { maxLength: 4 }), { nil: undefined }),
    fc.constantFrom(')', ')', ')', ')', '', ' }', ') Prose 🎉.'),
    fc.constantFrom(', ', ',\n/// ', ' '),
  )
  .map(([slashes, at, name, args, end, comma]) => {
    const text = `${slashes}${at}${name}${args === undefined ? '' : `(${args.join(comma)}${end}`}`
    return slashes === '/* ' ? `/* ${text.slice(3).replaceAll('\n/// ', ' ')} */` : text
  })
const right = fc.constantFrom(
  ...['/// @cache.none', '/// @cache.invalidate(ttl: 1h)', '/// @cache.writeThrough(near: on)', '/// Prose.'],
  '/// @cache.writeBehind(creates: writeThrough)',
)
const mark = fc.constantFrom(
  ...[
    '',
    '',
    '',
    ' /// @cache.version',
    ' /// @cache.omit',
    ' /// @cache.scope',
    ' // @cache.omit',
    ' /// ü @cache.omit',
  ],
  ...[' /// @cache.omit(1)', ' /// @cache.scop', ' /* @cache.omit */', ' /// @cache'],
)

const behind = fc.oneof({ weight: 15, arbitrary: fc.constant('') }, { weight: 1, arbitrary: mark })

const member = fc.tuple(column, behind).map(([text, comment]) => `  ${text}${comment}`)
const body = fc.record({
  comments: fc.oneof(
    { weight: 6, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: right.map((text) => [text]) },
    { weight: 3, arbitrary: fc.array(strategy, { maxLength: 2 }) },
  ),
  first: fc.tuple(id, behind).map((parts) => parts.join('')),
  members: fc.uniqueArray(member, { maxLength: 5, selector: (text) => text.trim().split(' ')[0] }),
  owned: fc.boolean(),
  onDelete: fc.constantFrom('Cascade', 'SetNull', 'Restrict'),
  keyword: fc.constantFrom('model', 'model', 'model', 'view'),
})

/** A schema that Prisma takes: whatever is wrong with it is wrong in comments. */
const schema = fc
  .record({
    bodies: fc.tuple(...models.map(() => body)),
    eol: fc.constantFrom('\n', '\r\n'),
    split: fc.boolean(),
  })
  .map(({ bodies, eol, split }): SchemaFile[] => {
    const ownerId = bodies[0]!.first.trim().split(' ')[1]
    const owned = models.map((_, i) => i > 0 && bodies[i]!.owned && bodies[i]!.keyword === 'model' && i < 4)
    const blocks = models.map((name, i) => {
      const { comments, first, members, onDelete, keyword } = bodies[i]!
      const lines = [
        ...[
          ...comments,
          `${i === 0 ? 'model' : keyword} ${name} {`,
          i === 0 || keyword === 'model' ? first : ofView(first),
          ...members,
        ],
        ...(owned[i]
          ? [
              `  ownerId ${ownerId}?`,
              `  owner Account? @relation(fields: [ownerId], references: [id], onDelete: ${onDelete})`,
            ]
          : []),
        ...(i === 0 ? models.flatMap((other, j) => (owned[j] ? [`  of${j} ${other}[]`] : [])) : []),
        ...(name === 'Gone' ? ['  @@ignore'] : []),
        '}',
      ]
      return lines.join('\n')
    })
    const text = `${header}\n${blocks.join('\n\n')}\n`
    const texts = split ? [header, ...blocks] : [text]
    return texts.map((part, i) => ({ path: `${i}.prisma`, text: part.replaceAll('\n', eol) }))
  })

const ofView = (first: string) => first.replace(/@id( @default\(\w+\(\)\))?/, '@unique')

const header = `generator client {
  provider        = "prisma-client"
  output          = "./generated"
  previewFeatures = ["views"]
}
datasource db {
  provider = "postgresql"
}
enum Kind {
  A
}`

test('whatever stands in the comments of a schema: nothing is thrown, what is right is accepted, what is told is where it says', () => {
  let errors = 0
  let clean = 0
  fc.assert(
    fc.property(schema, (files) => {
      const { policySet, diagnostics } = compileFiles(...files)
      expect(policySet === undefined).toBe(diagnostics.some(({ severity }) => severity === 'error'))
      if (policySet) clean++
      else errors++
      for (const diagnostic of diagnostics) {
        const { file, line, column, length, source } = diagnostic
        const lines = files.find(({ path }) => path === file)!.text.split(/\r?\n/)
        expect(source).toBe(lines[line - 1])
        expect(column).toBeGreaterThanOrEqual(1)
        // One past the end, where what is missing would stand.
        expect(column + length).toBeLessThanOrEqual(source.length + 2)
        const frame = formatDiagnostic(diagnostic).split('\n')[3]!
        expect(frame).toContain(source.slice(column - 1, column - 1 + Math.min(length, 40)))
      }
    }),
    { numRuns },
  )
  // Else one of the two is not looked at.
  expect(Math.min(errors, clean)).toBeGreaterThan(numRuns / 100)
})
