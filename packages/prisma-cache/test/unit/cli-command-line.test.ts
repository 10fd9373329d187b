import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { commands } from '../../src/cli/commands.js'
import type { Io } from '../../src/cli/io.js'
import { main } from '../../src/cli/main.js'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'prisma-cache-cli-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

/** A person who gives these answers; `undefined` cancels. */
async function call(args: readonly string[], answers?: readonly (string | boolean | undefined)[]) {
  const out: string[] = []
  const err: string[] = []
  const asked: string[] = []
  const left = [...(answers ?? [])]
  const answer = async (message: string) => {
    asked.push(message)
    if (left.length === 0) throw new Error(`no answer to ${message}`)
    return left.shift() as never
  }
  const io: Io = {
    cwd,
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    ...(answers ? { ask: { confirm: answer, select: answer } } : {}),
  }
  const code = await main(args, io)
  return { code, out: out.join('\n'), err: err.join('\n'), asked }
}

const schema = [
  'generator client {\n  provider = "prisma-client"\n  output = "../generated/prisma"\n}',
  'datasource db {\n  provider = "postgresql"\n}',
  'model Account {\n  id String @id\n}\n',
].join('\n\n')
const write = (text = schema) => writeFileSync(join(cwd, 'schema.prisma'), text)
const read = () => readFileSync(join(cwd, 'schema.prisma'), 'utf8')

describe('mistakes of the call', () => {
  test.each([
    [['chek'], 'error[PC6001]: there is no command `chek`\n  = next: did you mean `prisma-cache check`?'],
    [
      ['xyz'],
      'error[PC6001]: there is no command `xyz`\n  = next: the commands are `init`, `advise`, `check`, `explain`, `doctor`, `worker`, `pending`, `flush` or `rejected`',
    ],
    [
      ['--schema', 'a', 'check'],
      'error[PC6002]: `--schema` stands before the command\n  = next: call `prisma-cache <command> [flags]`',
    ],
    [
      ['check', '--jsno'],
      'error[PC6002]: `prisma-cache check` has no flag `--jsno`\n  = next: did you mean `--json`? `prisma-cache check --help` lists its flags',
    ],
    [
      ['check', '-x'],
      'error[PC6002]: `prisma-cache check` has no flag `-x`\n  = next: `prisma-cache check --help` lists its flags',
    ],
    [
      ['check', '--schema', '--help'],
      'error[PC6002]: `--schema` needs a value\n  = next: write `--schema <file|folder>`',
    ],
    [['check', '--help=yes'], 'error[PC6002]: `--help` takes no value\n  = next: write `--help` alone'],
    [
      ['check', 'Account'],
      'error[PC6002]: `prisma-cache check` does not take `Account`\n  = next: call `prisma-cache check [flags]`',
    ],
    [
      ['explain'],
      'error[PC6002]: `prisma-cache explain` needs the name of a model\n  = next: call `prisma-cache explain <Model>`',
    ],
    [
      ['advise', '--loss', 'non'],
      'error[PC6002]: `non` is no value of `--loss`\n  = next: did you mean `none`? It takes `none` or `seconds`',
    ],
    [['advise', '--loss'], 'error[PC6002]: `--loss` needs a value\n  = next: write one of `none` or `seconds`'],
    [
      ['advise', '--stale', 'never'],
      'error[PC6003]: `--bottleneck` is missing, and there is no terminal to ask at: what is too slow about its writes?\n  = next: pass `--bottleneck none|latency|throughput`; depending on it, also `--read-after-write`',
    ],
  ])('%j', async (args, err) => {
    expect(await call(args)).toMatchObject({ code: 2, out: '', err })
  })

  test('an unknown model', async () => {
    write()
    expect(await call(['explain', 'Acount'])).toMatchObject({
      code: 2,
      err: 'error[PC6004]: the schema has no model `Acount`\n  = next: did you mean `Account`?',
    })
  })

  test('a model that Prisma Client ignores', async () => {
    write()
    appendFileSync(join(cwd, 'schema.prisma'), '\nmodel Accounts {\n  id String @id\n\n  @@ignore\n}\n')
    for (const command of ['explain', 'advise']) {
      expect(await call([command, 'Accounts'])).toMatchObject({
        code: 2,
        err: 'error[PC6004]: `Accounts` is `@@ignore`d: Prisma Client has no such model\n  = next: its rows are neither cached nor seen; without `@@ignore` they can be',
      })
    }
  })
})

test('explain tells of a model behind a view that nobody knows the writes of why it is never cached', async () => {
  write(`${schema.replace('output', 'previewFeatures = ["views"]\n  output')}

/// @cache.invalidate(dependsOn: [Middle])
view Top {
  id String @unique
}

/// @cache.invalidate(dependsOn: [Blind])
model Middle {
  id String @id
}

view Blind {
  id String @unique
}
`)
  for (const model of ['Top', 'Middle']) {
    const { code, out } = await call(['explain', model])
    expect(code).toBe(0)
    expect(out).toContain(`
A read goes to Postgres when
  - always: by \`dependsOn\` it depends on Blind, a view of which nothing says which writes change it`)
  }
})

describe('help', () => {
  test('of all commands, by any of its names', async () => {
    const all = await call([])
    expect(all).toMatchObject({ code: 0, err: '' })
    for (const { name, summary } of commands) expect(all.out).toContain(`  ${name.padEnd(10)}${summary}`)
    for (const args of [['--help'], ['-h'], ['help']]) expect((await call(args)).out).toBe(all.out)
  })

  test.each(commands.map(({ name }) => name))('of %s names every flag', async (name) => {
    const { code, out } = await call([name, '--help'])
    expect(code).toBe(0)
    for (const flag of commands.find((command) => command.name === name)!.flags) expect(out).toContain(`--${flag.name}`)
    expect((await call(['help', name])).out).toBe(out)
  })

  test('the version is that of the package', async () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
    expect((await call(['--version'])).out).toBe(manifest.version)
  })
})

describe('at a terminal', () => {
  test('init asks for the ledger, shows, asks again and writes', async () => {
    write()
    const { code, out, asked } = await call(['init'], [true, true])
    expect(code).toBe(0)
    expect(asked).toHaveLength(2)
    expect(out).toContain('+generator cache {')
    expect(out).toContain('Wrote schema.prisma.')
    expect(read()).toContain('model PrismaCacheLedger {')
    expect(await call(['init'], [])).toMatchObject({ code: 0, out: 'schema.prisma: nothing to do', asked: [] })
  })

  test.each([
    ['no ledger', [false, true], 0],
    ['refused', [true, false], 1],
    ['cancelled at once', [undefined], 130],
    ['cancelled at the end', [true, undefined], 130],
  ])('init: %s', async (_, answers, code) => {
    write()
    expect((await call(['init'], answers)).code).toBe(code)
    expect(read() === schema).toBe(code !== 0)
    expect(read()).not.toContain('PrismaCacheLedger')
  })

  test('advise: cancelled', async () => {
    write()
    expect(await call(['advise', 'Account'], [undefined])).toMatchObject({ code: 130, out: '', err: '' })
  })

  test('init without a terminal writes only with --yes', async () => {
    write()
    const refused = await call(['init'])
    expect(refused).toMatchObject({ code: 2 })
    expect(refused.err).toContain('PC6003')
    expect(read()).toBe(schema)
    expect(await call(['init', '--yes'])).toMatchObject({ code: 0, asked: [] })
    expect(read()).not.toContain('PrismaCacheLedger')
  })

  test('init adds the ledger unasked where a model is written behind', async () => {
    write(schema.replace('model Account', '/// @cache.writeBehind\nmodel Account'))
    expect(await call(['init', '--yes'])).toMatchObject({ code: 0, asked: [] })
    expect(read()).toContain('model PrismaCacheLedger {')
  })

  test('init does not write over what changed while it asked', async () => {
    write()
    const changed = `${schema}// mine\n`
    const io: Io = {
      cwd,
      out: () => {},
      err: () => {},
      ask: {
        confirm: async () => {
          write(changed)
          return true
        },
        select: async () => undefined,
      },
    }
    expect(await main(['init', '--write-behind'], io)).toBe(1)
    expect(read()).toBe(changed)
  })

  test('advise asks what no flag answers', async () => {
    const { code, out, asked } = await call(['advise', '--loss', 'none'], ['session', 'none', 'often'])
    expect(code).toBe(0)
    expect(asked).toEqual([
      'May a read be answered with an old value?',
      'What is too slow about its writes?',
      'How often is a row read soon after it was written?',
    ])
    expect(out).toMatch(/^@cache\.writeThrough\n/)
    expect((await call(['advise'], [undefined])).code).toBe(130)
  })
})

test('an error is JSON too where JSON was asked for', async () => {
  const { code, out, err } = await call(['check', '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(out)).toMatchObject({ formatVersion: 1, ok: false, error: { code: 'PC6101' } })
  expect(err).toContain('error[PC6101]')
})

test('what fails without being known is reported as a mistake of the command', async () => {
  cpSync(import.meta.filename, join(cwd, 'schema.prisma'))
  expect(await call(['check'])).toMatchObject({ code: 1, err: expect.stringContaining('error[PC6104]') })
  const broken: Io = {
    cwd,
    out: () => {
      throw new Error('broken pipe')
    },
    err: () => {},
  }
  expect(await main(['--help'], broken)).toBe(1)
})
