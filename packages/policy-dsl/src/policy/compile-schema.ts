import type { DMMF } from '@prisma/generator-helper'
import { type Diagnostic, toDiagnostic } from '../diagnostics/diagnostic.js'
import { createSourceFile, type SchemaFile } from '../diagnostics/source-file.js'
import { readOutline } from '../syntax/read-outline.js'
import type { SchemaOutline } from '../syntax/schema-outline.js'
import {
  collectAnnotations,
  holdsPolicies,
  type PlacedAnnotation,
  type PlacedFieldAnnotation,
} from './collect-annotations.js'
import { decideFields } from './decide-fields.js'
import { deepFreeze } from './deep-freeze.js'
import { readFacts, type SchemaFacts } from './facts/read-facts.js'
import { placeBreach } from './place-breach.js'
import type { ModelEntry, PolicySet } from './policy-set.js'
import { resolvePolicy } from './resolve-policy.js'
import { findBreaches } from './rules/find-breaches.js'
import type { Surroundings } from './rules/rule.js'
import { checkSetup, type PlacedProblem, type SetupInput } from './setup/check-setup.js'

export interface SchemaInput {
  readonly files: readonly SchemaFile[]
  /** Of the same files; Prisma makes it, and has refused by then what is not a valid schema. */
  readonly dmmf: Pick<DMMF.Document, 'datamodel'>
  /** Given where generators and datasource are to be checked with the annotations. */
  readonly setup?: SetupInput
}

export interface CompiledSchema {
  /** Absent if a diagnostic is an error. */
  readonly policySet?: PolicySet
  /** In the order of the files, top to bottom. */
  readonly diagnostics: readonly Diagnostic[]
}

/** A schema with annotations as checked policies, or all that is wrong with it. Reads and writes nothing. */
export function compileSchema({ files, dmmf, setup }: SchemaInput): CompiledSchema {
  const outlines = files.map((file) => readOutline(createSourceFile(file)))
  const facts = readFacts(
    dmmf,
    outlines.flatMap(({ blocks }) => blocks),
  )
  const found = outlines.map((outline) => ({ file: outline.file, ...collectAnnotations(outline) }))
  const annotations = found.flatMap((one) => one.annotations)
  const fieldAnnotations = found.flatMap((one) => one.fieldAnnotations)
  const { models, problems } = decidePolicies(facts, annotations, fieldAnnotations)
  const ruleProblems = [
    ...(setup ? checkSetup(outlines, setup) : []),
    ...problems,
    ...[...annotations, ...fieldAnnotations].flatMap((one) => ignoredModel(one, facts)),
    ...findBreaches(models, surroundingsOf(outlines, facts, annotations)).map((breach) => {
      const { about: _, unless: __, ...finding } = breach.finding
      const { file, span } = placeBreach(breach, { outlines, annotations, fieldAnnotations })
      return { file, problem: { ...finding, span } }
    }),
  ]
  const diagnostics = found.flatMap(({ file, problems }) => {
    const own = ruleProblems.filter((one) => one.file === file).map((one) => one.problem)
    return [...problems, ...own].sort((a, b) => a.span.start - b.span.start).map((one) => toDiagnostic(file, one))
  })
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics }
  return { policySet: deepFreeze({ formatVersion: 1, models, enums: facts.enums }), diagnostics }
}

function surroundingsOf(
  outlines: readonly SchemaOutline[],
  facts: SchemaFacts,
  annotations: readonly PlacedAnnotation[],
): Surroundings {
  const blocks = outlines.flatMap((outline) => outline.blocks.filter(holdsPolicies))
  return {
    ignored: blocks.map(({ name }) => name).filter((name) => !Object.hasOwn(facts.models, name)),
    unsure: new Map(annotations.map(({ block, unsure, isBroken }) => [block.name, isBroken ? 'all' : unsure])),
  }
}

interface Decided {
  readonly models: Readonly<Record<string, ModelEntry>>
  readonly problems: readonly PlacedProblem[]
}

function decidePolicies(
  facts: SchemaFacts,
  annotations: readonly PlacedAnnotation[],
  fieldAnnotations: readonly PlacedFieldAnnotation[],
): Decided {
  const byModel = new Map(annotations.map((annotation) => [annotation.block.name, annotation]))
  const problems: PlacedProblem[] = []
  const models = Object.entries(facts.models).map(([name, modelFacts]): [string, ModelEntry] => {
    const { strategy, values } = byModel.get(name) ?? { strategy: 'none' as const, values: {} }
    const own = fieldAnnotations.filter(({ block }) => block.name === name)
    const { fieldPolicies, findings } = decideFields(modelFacts, own)
    problems.push(...findings.map(({ at, finding }) => ({ file: at.file, problem: { ...finding, span: at.nameSpan } })))
    const policy = resolvePolicy(strategy, values)
    return [name, { policy, ...(fieldPolicies ? { fieldPolicies } : {}), facts: modelFacts }]
  })
  return { models: Object.fromEntries(models), problems }
}

function ignoredModel(
  { block, file, nameSpan }: PlacedAnnotation | PlacedFieldAnnotation,
  facts: SchemaFacts,
): PlacedProblem[] {
  if (Object.hasOwn(facts.models, block.name)) return []
  const message = `\`${block.name}\` is ignored by Prisma Client: its policy has no effect`
  return [{ file, problem: { code: 'PC2251', span: nameSpan, message, label: 'remove it, or `@@ignore`' } }]
}
