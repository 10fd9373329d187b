import { definePolicies, describePolicy, PolicyError, type PolicySet, writeBehind } from '@prisma-cache/policy-dsl'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { findModel } from '../schema/find-model.js'
import { type LoadedSchema, loadSchema, policiesOf } from '../schema/load-schema.js'
import { applyEdits } from '../text/edit.js'
import { showDiff } from '../text/show-diff.js'
import { wrapped } from '../text/words.js'
import { annotate } from './annotate.js'
import { answersOf, askForLeaf } from './ask.js'
import { type Advice, type ModelNotes, makeAdvice } from './make-advice.js'

export async function advise(line: CommandLine, io: Io): Promise<ExitCode> {
  const [name] = line.words
  const subject = name === undefined ? undefined : await subjectOf(name, line, io)
  const facts = { isView: subject?.isView ?? false, canAcceptEarly: subject?.obstacle === undefined }
  const decided = await askForLeaf(answersOf(line), facts, io.ask)
  if (decided === undefined) return 1
  const advice = makeAdvice(decided.leaf, decided.answers, facts, subject)
  io.out(adviceText(advice, name))
  if (subject) io.out(`\n${changeText(subject, advice)}`)
  return 0
}

interface Subject extends ModelNotes {
  readonly name: string
  readonly schema: LoadedSchema
  readonly isView: boolean
}

async function subjectOf(name: string, line: CommandLine, io: Io): Promise<Subject> {
  const schema = await loadSchema(line, io)
  const policies = policiesOf(schema)
  const { facts, policy } = findModel(policies, name)
  const obstacle = facts.isView ? undefined : obstacleOf(policies, name)
  const ttl = describePolicy(policy).find((setting) => setting.name === 'ttl' && !setting.isDefault)?.text
  return {
    name,
    schema,
    isView: facts.isView,
    ...(obstacle === undefined ? {} : { obstacle }),
    ...(ttl === undefined ? {} : { ttl }),
  }
}

/** Why the model cannot be written behind, by the same rules that check an annotation. */
function obstacleOf(policies: PolicySet, name: string): string | undefined {
  try {
    definePolicies(policies, { [name]: writeBehind() })
    return undefined
  } catch (error) {
    const problem = error instanceof PolicyError ? error.problems[0] : undefined
    if (problem === undefined) throw error
    return `${problem.message} (${problem.code}).`
  }
}

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

function changeText({ name, schema, isView }: Subject, { annotation }: Advice): string {
  const block = schema.blocks.find((one) => one.name === name && one.keyword === (isView ? 'view' : 'model'))!
  const { path, text } = schema.files.find((file) => file.path === block.file)!
  const diff = showDiff(path, text, applyEdits(text, [annotate(text, block, annotation)]))
  return diff === '' ? 'The schema says so already.' : `The change to the schema:\n\n${diff}`
}
