import {
  describePolicy,
  type MappedBlock,
  type ModelEntry,
  type PolicySet,
  printPolicy,
} from '@prisma-cache/policy-dsl'
import { cascadeText } from '../check/cascade-text.js'
import { traceCascades } from '../check/trace-cascades.js'
import { CliError } from '../cli-error.js'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { findModel } from '../schema/find-model.js'
import { loadSchema, policiesOf } from '../schema/load-schema.js'
import { columns } from '../text/columns.js'
import { wrapped } from '../text/words.js'
import { type PlanRow, readRows, writeRows } from './plan-text.js'
import { uncachedReads } from './uncached.js'

export async function explain(line: CommandLine, io: Io): Promise<ExitCode> {
  const [name] = line.words
  if (name === undefined) {
    throw new CliError(
      'PC6002',
      '`prisma-cache explain` needs the name of a model',
      'call `prisma-cache explain <Model>`',
    )
  }
  const schema = await loadSchema(line, io)
  const policies = policiesOf(schema)
  const entry = findModel(policies, name, schema.blocks)
  const block = schema.blocks.find(
    (one) => one.name === name && one.keyword === (entry.facts.isView ? 'view' : 'model'),
  )!
  io.out(explainModel(policies, entry, block))
  return 0
}

function explainModel(policies: PolicySet, entry: ModelEntry, block: MappedBlock): string {
  const { facts, policy } = entry
  const cascades = traceCascades(policies)
  const own = cascades.filter(({ model }) => model === facts.name)
  const into = cascades.filter(
    ({ model, deletes, sets }) =>
      model !== facts.name && [...deletes, ...sets.map((set) => set.model)].includes(facts.name),
  )
  return [
    `${block.keyword} ${facts.name} (${block.file}:${block.line}, table ${facts.dbName}): ${printPolicy(policy)}`,
    ...section('Policy', columns(policyRows(entry, block))),
    ...section('A read', columns(readRows(policies, entry))),
    ...section('A write', columns(writes(policies, entry))),
    ...section('The database does by itself', items([...own, ...into].map(cascadeText))),
    ...section('A read goes to Postgres when', items(uncachedReads(policies, entry))),
  ].join('\n')
}

function policyRows(
  { policy }: ModelEntry,
  { file, annotation, fieldAnnotations }: MappedBlock,
): readonly (readonly string[])[] {
  const strategyFrom = annotation ? `${file}:${annotation.line}` : 'default: the model has no annotation'
  const settings = describePolicy(policy)
  const given = settings.filter(({ name }) => annotation?.arguments[name] !== undefined)
  const rest = settings.filter((one) => !given.includes(one)).map(({ name, text }) => unbroken(`${name}: ${text}`))
  const defaults = rest.length === 0 ? [] : wrapped(rest.join(', '), '', 86).map(broken)
  return [
    ['strategy', policy.strategy, strategyFrom],
    ...given.map(({ name, text }) => [name, text, `${file}:${annotation!.arguments[name]}`]),
    ...fieldAnnotations.map(({ word, field, line }) => [word, field, `${file}:${line}`]),
    ...defaults.map((text, i) => [i === 0 ? 'by default' : '', text]),
  ]
}

const unbroken = (text: string) => text.replaceAll(' ', '\u00a0')
const broken = (text: string) => text.replaceAll('\u00a0', ' ')

/** Of a write-behind model, what is said of Postgres holds for writes that go there directly. */
function writes(policies: PolicySet, entry: ModelEntry): readonly PlanRow[] {
  const rows = writeRows(policies, entry)
  if (entry.policy.strategy !== 'writeBehind') return rows
  return [
    ['one row, by key', 'accepted into Redis: the pending row answers reads of it; flushed to Postgres later'],
    ...rows.map(([operation, text]) => [`${operation}, direct`, text] as const),
  ]
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)]
}

function items(texts: readonly string[]): readonly string[] {
  return texts.flatMap((text) => wrapped(text, '  ').map((line, i) => (i === 0 ? `- ${line.trimStart()}` : line)))
}
