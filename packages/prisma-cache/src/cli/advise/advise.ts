import {
  compileSchema,
  type Diagnostic,
  definePolicies,
  describePolicy,
  formatDiagnostics,
  type MappedBlock,
  type ModelPolicy,
  PolicyError,
  type PolicySet,
  warningsOf,
  writeBehind,
} from '@prisma-cache/policy-dsl'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { findModel } from '../schema/find-model.js'
import { getDmmf } from '../schema/get-dmmf.js'
import { type LoadedSchema, loadSchema, policiesOf } from '../schema/load-schema.js'
import { relationName, weakerRelations } from '../schema/weaker-relations.js'
import { applyEdits } from '../text/edit.js'
import { showDiff } from '../text/show-diff.js'
import { wrapped } from '../text/words.js'
import { annotate } from './annotate.js'
import { answersOf, askForLeaf } from './ask.js'
import { type Advice, type ModelNotes, makeAdvice } from './make-advice.js'

export async function advise(line: CommandLine, io: Io): Promise<ExitCode> {
  const [name] = line.words
  const subject = name === undefined ? undefined : await subjectOf(name, line, io)
  const facts = {
    isView: subject?.isView ?? false,
    isBlind: subject?.isBlind ?? false,
    canAcceptEarly: subject?.obstacle === undefined,
  }
  const decided = await askForLeaf(answersOf(line), facts, io.ask)
  if (decided === undefined) return 130
  const advice = makeAdvice(decided.leaf, decided.answers, facts, subject)
  io.out(adviceText(advice, name))
  if (subject) io.out(`\n${await changeText(subject, advice)}`)
  return 0
}

interface Subject extends ModelNotes {
  readonly name: string
  readonly schema: LoadedSchema
  readonly isView: boolean
  readonly isBlind: boolean
}

async function subjectOf(name: string, line: CommandLine, io: Io): Promise<Subject> {
  const schema = await loadSchema(line, io)
  const policies = policiesOf(schema)
  const { facts, policy } = findModel(policies, name, schema.blocks)
  const obstacle = facts.isView ? undefined : obstacleOf(policies, name, policy)
  const written = blockOf(schema, name, facts.isView).annotation?.arguments ?? {}
  const given = describePolicy(policy).filter((one) => !one.isDefault || Object.hasOwn(written, one.name))
  return {
    name,
    schema,
    isView: facts.isView,
    isBlind: facts.isView && !given.some((setting) => setting.name === 'dependsOn'),
    weaker: weakerRelations(policies, facts).map(relationName),
    ...(obstacle === undefined ? {} : { obstacle }),
    given: Object.fromEntries(given.map((setting) => [setting.name, setting.text])),
  }
}

/** With these a strategy would be `writeBehind` by name, and most writes would go to Postgres directly. */
const acceptsLittle = ['PC2255', 'PC2256']

/** Why the model cannot be written behind, or not to any avail, by the same rules that check an annotation. */
function obstacleOf(policies: PolicySet, name: string, policy: ModelPolicy): string | undefined {
  const creates = policy.strategy === 'writeBehind' ? policy.creates : 'accept'
  const dependsOn = policy.strategy === 'none' ? [] : policy.dependsOn
  try {
    const set = definePolicies(
      policies,
      { [name]: writeBehind({ creates, dependsOn }) },
      { onWarning: () => undefined },
    )
    const little = warningsOf(set).find(({ code, path }) => acceptsLittle.includes(code) && modelOf(path) === name)
    return little && `${little.message} (${little.code}).`
  } catch (error) {
    const problem = error instanceof PolicyError ? error.problems[0] : undefined
    if (problem === undefined) throw error
    const { code, message } = problem
    const way = code === 'PC2202' ? '; with `creates: writeThrough`, its other writes can be' : ''
    return `${message} (${code})${way}.`
  }
}

const modelOf = (path: string) => path.split('.')[1]

function adviceText(advice: Advice, name: string | undefined): string {
  return [
    `${name === undefined ? '' : `${name}: `}${advice.annotation}`,
    '',
    ...wrapped(advice.because),
    ...advice.notes.flatMap((note) => wrapped(note)),
    '',
    'Why not:',
    ...advice.against.flatMap(({ strategy, because }) => item(`${strategy}: ${because}`)),
    '',
    'When something breaks:',
    ...advice.failures.flatMap(item),
  ].join('\n')
}

function item(text: string): readonly string[] {
  return wrapped(text, '    ').map((line, i) => (i === 0 ? `  - ${line.trimStart()}` : line))
}

async function changeText({ name, schema, isView }: Subject, { annotation }: Advice): Promise<string> {
  const block = blockOf(schema, name, isView)
  const { path, text } = schema.files.find((file) => file.path === block.file)!
  const changed = applyEdits(text, [annotate(text, block, annotation)])
  if (changed === text) return 'The schema says so already.'
  const files = schema.files.map((file) => (file.path === path ? { path, text: changed } : file))
  const warnings = newDiagnostics(schema, compileSchema({ files, dmmf: await getDmmf(files) }).diagnostics)
  return [
    `The change to the schema:\n\n${showDiff(path, text, changed)}`,
    ...(warnings.length > 0 ? [`What \`prisma-cache check\` says of it then:\n\n${formatDiagnostics(warnings)}`] : []),
  ].join('\n\n')
}

function blockOf({ blocks }: LoadedSchema, name: string, isView: boolean): MappedBlock {
  return blocks.find((one) => one.name === name && one.keyword === (isView ? 'view' : 'model'))!
}

/** What the change brings about; the lines below it have moved, so places are not compared. */
function newDiagnostics({ compiled }: LoadedSchema, after: readonly Diagnostic[]): readonly Diagnostic[] {
  return after.filter(({ message }) => !compiled.diagnostics.some((before) => before.message === message))
}
