import type { DMMF } from '@prisma/generator-helper'
import { type Diagnostic, toDiagnostic } from '../diagnostics/diagnostic.js'
import type { Problem } from '../diagnostics/problem.js'
import { createSourceFile, type SchemaFile, type SourceFile } from '../diagnostics/source-file.js'
import { readOutline } from '../syntax/read-outline.js'
import { collectAnnotations, type PlacedAnnotation } from './collect-annotations.js'
import { readFacts, type SchemaFacts } from './facts/read-facts.js'
import { parsePolicySet } from './parse-policy-set.js'
import type { ModelEntry, PolicySet } from './policy-set.js'
import { resolvePolicy } from './resolve-policy.js'
import { findBreaches } from './rules/find-breaches.js'

export interface SchemaInput {
  readonly files: readonly SchemaFile[]
  /** Of the same files; Prisma makes it, and has refused by then what is not a valid schema. */
  readonly dmmf: Pick<DMMF.Document, 'datamodel'>
}

export interface CompiledSchema {
  /** Absent if a diagnostic is an error. */
  readonly policySet?: PolicySet
  /** In the order of the files, top to bottom. */
  readonly diagnostics: readonly Diagnostic[]
}

/** A schema with annotations as checked policies, or all that is wrong with it. Reads and writes nothing. */
export function compileSchema({ files, dmmf }: SchemaInput): CompiledSchema {
  const outlines = files.map((file) => readOutline(createSourceFile(file)))
  const facts = readFacts(
    dmmf,
    outlines.flatMap(({ blocks }) => blocks),
  )
  const found = outlines.map((outline) => ({ file: outline.file, ...collectAnnotations(outline) }))
  const annotations = found.flatMap((one) => one.annotations)
  const models = decidePolicies(facts, annotations)
  const ruleProblems = [
    ...annotations.flatMap((one) => ignoredModel(one, facts)),
    ...breachProblems(models, annotations),
  ]
  const diagnostics = found.flatMap(({ file, problems }) => {
    const own = ruleProblems.filter((one) => one.file === file).map((one) => one.problem)
    return [...problems, ...own].sort((a, b) => a.span.start - b.span.start).map((one) => toDiagnostic(file, one))
  })
  if (diagnostics.some(({ severity }) => severity === 'error')) return { diagnostics }
  // Checked by the same guard as in the client: what is generated is sure to be accepted there.
  return { policySet: parsePolicySet({ formatVersion: 1, models, enums: facts.enums }), diagnostics }
}

interface FileProblem {
  readonly file: SourceFile
  readonly problem: Problem
}

function decidePolicies(facts: SchemaFacts, annotations: readonly PlacedAnnotation[]): Record<string, ModelEntry> {
  const byModel = new Map(annotations.map((annotation) => [annotation.block.name, annotation]))
  return Object.fromEntries(
    Object.entries(facts.models).map(([name, modelFacts]) => {
      const { strategy, values } = byModel.get(name) ?? { strategy: 'none' as const, values: {} }
      return [name, { policy: resolvePolicy(strategy, values), facts: modelFacts }]
    }),
  )
}

function ignoredModel({ block, file, nameSpan }: PlacedAnnotation, facts: SchemaFacts): FileProblem[] {
  if (Object.hasOwn(facts.models, block.name)) return []
  const message = `\`${block.name}\` is ignored by Prisma Client: its policy has no effect`
  return [{ file, problem: { code: 'PC2251', span: nameSpan, message, label: 'remove it, or `@@ignore`' } }]
}

function breachProblems(
  models: Readonly<Record<string, ModelEntry>>,
  annotations: readonly PlacedAnnotation[],
): FileProblem[] {
  return findBreaches(models).flatMap(({ model, finding }) => {
    const at = annotations.find(({ block }) => block.name === model)
    return at ? [{ file: at.file, problem: { ...finding, span: at.nameSpan } }] : []
  })
}
