import type { MappedBlock } from '@prisma-cache/policy-dsl'
import { CliError } from '../cli-error.js'
import { type Edit, lineBreakAt } from '../text/edit.js'
import { generatorText, outputFor } from './generator-text.js'
import { ledgerText } from './ledger-text.js'

export interface InitChange extends Edit {
  readonly file: string
}

export interface InitPlan {
  readonly generator?: InitChange
  readonly ledger?: InitChange
}

const LEDGER = 'PrismaCacheLedger'

interface Source {
  readonly path: string
  readonly text: string
}

/**
 * What `init` would insert. It only inserts: taken out again, the files are what they were.
 *
 * @throws CliError PC6201 where no generator makes a Prisma Client
 */
export function planInit(files: readonly Source[], blocks: readonly MappedBlock[]): InitPlan {
  const generators = blocks.filter(({ keyword }) => keyword === 'generator')
  const client = generators.find((one) => /^"prisma-client(-js)?"$/.test(setting(one, 'provider') ?? ''))
  if (client === undefined) {
    const message = 'the schema has no generator of Prisma Client, beside which the policies would be generated'
    const next =
      'add `generator client { provider = "prisma-client", output = "../generated/prisma" }` on lines of its own'
    throw new CliError('PC6201', message, next)
  }
  const file = files.find(({ path }) => path === client.file)!
  return {
    ...(generators.some(makesPolicies) ? {} : { generator: insertGenerator(file, client, blocks) }),
    ...(blocks.some(isLedger) || takenBy(blocks) ? {} : { ledger: insertLedger(file, blocks) }),
  }
}

function insertGenerator({ path, text }: Source, client: MappedBlock, blocks: readonly MappedBlock[]): InitChange {
  const eol = lineBreakAt(text, client.span.end)
  const lines = generatorText({
    name: freeName(blocks.filter(({ keyword }) => keyword === 'generator').map(({ name }) => name)),
    output: outputFor(setting(client, 'output')),
    withExample: !blocks.some(({ annotation }) => annotation !== undefined),
  })
  const at = client.span.end
  return { file: path, start: at, end: at, text: ['', '', ...lines].join(eol) }
}

function insertLedger({ path, text }: Source, blocks: readonly MappedBlock[]): InitChange {
  const datasource = blocks.find(({ keyword }) => keyword === 'datasource')
  const schemas = datasource && setting(datasource, 'schemas')
  const names = [...(schemas ?? '').matchAll(/"([^"]+)"/g)].map(([, name]) => name!)
  const lines = ledgerText(names.includes('public') ? 'public' : names[0])
  const at = text.length
  const eol = lineBreakAt(text, at)
  // A last line without a break stays the last line without one.
  const ends = /[\r\n]$/.test(text)
  const added = ends ? ['', ...lines, ''] : ['', '', ...lines]
  return { file: path, start: at, end: at, text: added.join(eol) }
}

function makesPolicies(generator: MappedBlock): boolean {
  return setting(generator, 'provider')?.includes('prisma-cache-generator') ?? false
}

function isLedger({ keyword, name, members }: MappedBlock): boolean {
  return keyword === 'model' && (name === LEDGER || members.includes('@@map("_prisma_cache_ledger")'))
}

/** What has the name of the ledger and is none: Prisma would refuse a model beside it. */
export function takenBy(blocks: readonly MappedBlock[]): MappedBlock | undefined {
  if (blocks.some(isLedger)) return undefined
  return blocks.find(({ keyword, name }) => name === LEDGER && ['model', 'view', 'enum', 'type'].includes(keyword))
}

/** Does a model ask for the ledger already? */
export function needsLedger(blocks: readonly MappedBlock[]): boolean {
  return blocks.some(({ annotation }) => annotation?.strategy === 'writeBehind')
}

function setting(block: MappedBlock, name: string): string | undefined {
  for (const member of block.members) {
    const [, key, value] = /^(\w+)\s*=\s*(.*)$/.exec(member) ?? []
    if (key === name) return value?.trim()
  }
  return undefined
}

function freeName(taken: readonly string[]): string {
  const names = ['cache', 'prismaCache', ...Array.from({ length: taken.length }, (_, i) => `prismaCache${i + 2}`)]
  return names.find((name) => !taken.includes(name))!
}
