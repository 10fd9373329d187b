import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mapSchema } from '@prisma-cache/policy-dsl'
import * as fc from 'fast-check'
import { outputFor } from '../../src/cli/init/generator-text.js'
import { ledgerText } from '../../src/cli/init/ledger-text.js'
import { type InitPlan, planInit } from '../../src/cli/init/plan-init.js'
import { getDmmf } from '../../src/cli/schema/get-dmmf.js'
import { applyEdits } from '../../src/cli/text/edit.js'

interface File {
  readonly path: string
  readonly text: string
}

const plan = (files: readonly File[]): InitPlan => planInit(files, mapSchema(files))
const changesOf = ({ generator, ledger }: InitPlan) => [generator, ledger].filter((change) => change !== undefined)

function apply(files: readonly File[]): readonly File[] {
  const changes = changesOf(plan(files))
  return files.map(({ path, text }) => ({
    path,
    text: applyEdits(
      text,
      changes.filter(({ file }) => file === path),
    ),
  }))
}

const client = 'generator client {\n  provider = "prisma-client"\n  output   = "../src/generated/prisma"\n}\n'
const datasource = 'datasource db {\n  provider = "postgresql"\n}\n'
const model = '/// Money.\nmodel Account {\n  id String @id // a } here\n}\n'

test('the generator stands behind the client’s, the ledger at the end', () => {
  expect(apply([{ path: 'a.prisma', text: `${client}\n${datasource}\n${model}` }])[0]?.text).toBe(
    [
      client.trimEnd(),
      '',
      '// A policy stands directly above its model, on a line of its own:',
      '// `/// @cache.invalidate(ttl: 5m)`. `npx prisma-cache advise <Model>` helps to choose one.',
      'generator cache {',
      '  provider = "prisma-cache-generator"',
      '  output   = "../src/generated/cache"',
      '}',
      '',
      datasource,
      model,
      ...ledgerText(),
      '',
    ].join('\n'),
  )
})

test('the example is left out where an annotation shows the way already', () => {
  const annotated = model.replace('/// Money.', '/// @cache.none')
  const { generator } = plan([{ path: 'a.prisma', text: client + annotated }])
  expect(generator?.text).not.toContain('@cache')
})

test('the ledger is the one of this repository’s own schema', () => {
  const schema = readFileSync(join(import.meta.dirname, '../../../../prisma/schema.prisma'), 'utf8')
  expect(schema).toContain(`\n${ledgerText().join('\n')}\n`)
})

test('what is there under another name is not added again', () => {
  const generator = 'generator policies {\n  provider = "node ./bin/prisma-cache-generator.js"\n  output = "x"\n}\n'
  const ledger = 'model Batches {\n  id String @id\n  @@map("_prisma_cache_ledger")\n}\n'
  expect(plan([{ path: 'a.prisma', text: client + generator + ledger }])).toEqual({})
})

test('a name and a folder that are taken are not used', () => {
  const taken = 'generator cache {\n  provider = "prisma-client"\n  output = "./cache"\n}\n'
  expect(plan([{ path: 'a.prisma', text: taken }]).generator?.text).toContain(
    'generator prismaCache {\n  provider = "prisma-cache-generator"\n  output   = "./prisma-cache"\n}',
  )
})

test.each([
  ['"../generated/prisma"', '../generated/cache'],
  ['"../src/generated/client/"', '../src/generated/cache'],
  ['"prisma"', './cache'],
  ['"/abs/prisma"', '/abs/cache'],
  ['"../generated/cache"', '../generated/prisma-cache'],
  ['env("OUT")', '../generated/cache'],
  [undefined, '../generated/cache'],
])('beside %s: %s', (given, output) => expect(outputFor(given)).toBe(output))

test('several files: both go where the client’s generator is', () => {
  const files = [
    { path: 'a.prisma', text: model },
    { path: 'b.prisma', text: client + datasource },
  ]
  expect(changesOf(plan(files)).map(({ file }) => file)).toEqual(['b.prisma', 'b.prisma'])
})

test('a datasource with several Postgres schemas: the ledger names one', () => {
  const several = datasource.replace('}', '  schemas  = ["bank", "public"]\n}')
  expect(plan([{ path: 'a.prisma', text: client + several }]).ledger?.text).toContain('  @@schema("public")\n}')
})

test('no generator of Prisma Client', () => {
  expect(() => plan([{ path: 'a.prisma', text: model }])).toThrow(expect.objectContaining({ code: 'PC6201' }))
})

describe('for any schema', () => {
  const comment = fc.constantFrom('// plain {', '/// doc }', '/* block { */', '')
  const block = fc.constantFrom(client.replace('client {', 'other {'), datasource, model, 'enum E {\n  A\n}\n')
  const part = fc.oneof(
    comment.map((text) => `${text}\n`),
    block,
  )
  const schema = fc
    .record({
      before: fc.array(part, { maxLength: 4 }),
      after: fc.array(part, { maxLength: 4 }),
      eols: fc.constantFrom(['\n'], ['\r\n'], ['\r\n', '\n', '\n'], ['\n', '\r\n']),
      indent: fc.constantFrom('  ', '\t', '\t '),
      end: fc.constantFrom('', '\n', '\n\n', '  '),
      bom: fc.constantFrom('', '\uFEFF'),
    })
    .map(({ before, after, eols, indent, end, bom }) => {
      const text = [...before, client, ...after].join('').trimEnd() + end
      const lines = text.replaceAll('\n  ', `\n${indent}`).split('\n')
      const mixed = lines.map((line, i) => (i === lines.length - 1 ? line : line + eols[i % eols.length]))
      return [{ path: 'a.prisma', text: bom + mixed.join('') }]
    })

  test('twice is once', () => {
    fc.assert(
      fc.property(schema, (files) => {
        const once = apply(files)
        expect(plan(once)).toEqual({})
        expect(apply(once)).toEqual(once)
      }),
    )
  })

  test('what was added, taken out again, leaves the original; its line breaks are those of the file', () => {
    fc.assert(
      fc.property(schema, ([file]) => {
        const changes = changesOf(plan([file!]))
        expect(changes.every(({ start, end }) => start === end)).toBe(true)
        let text = apply([file!])[0]!.text
        const ordered = [...changes].sort((a, b) => b.start - a.start)
        for (const { start, text: added } of ordered) {
          const shift = changes.filter((one) => one.start < start).reduce((sum, one) => sum + one.text.length, 0)
          expect(text.slice(start + shift, start + shift + added.length)).toBe(added)
          text = text.slice(0, start + shift) + text.slice(start + shift + added.length)
          const breaks = new Set(file!.text.match(/\r?\n/g))
          expect(new Set(added.match(/\r?\n/g)).size).toBe(1)
          if (breaks.size > 0) expect(breaks).toContain(added.match(/\r?\n/)![0])
        }
        expect(text).toBe(file!.text)
      }),
    )
  })

  test('Prisma takes what comes out, and no annotation is found in it', async () => {
    const text = `${client}${datasource}${model}`
    for (const eol of ['\n', '\r\n']) {
      const files = apply([{ path: 'a.prisma', text: text.replaceAll('\n', eol) }])
      const { datamodel } = await getDmmf(files)
      expect(datamodel.models.map(({ name }) => name)).toEqual(['Account', 'PrismaCacheLedger'])
      expect(mapSchema(files).filter(({ annotation }) => annotation)).toEqual([])
    }
  })
})
