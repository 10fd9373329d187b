import type { Finding } from '../diagnostics/problem.js'
import type { FieldAnnotation } from '../grammar/field-annotations.js'
import type { PlacedFieldAnnotation } from './collect-annotations.js'
import type { FieldPolicies, ModelFacts } from './policy-set.js'

export interface FieldFinding {
  readonly at: PlacedFieldAnnotation
  readonly finding: Finding
}

export interface DecidedFields {
  /** Absent: no field of the model is annotated. */
  readonly fieldPolicies?: FieldPolicies
  readonly findings: readonly FieldFinding[]
}

/** What the annotations of a model's fields come to. */
export function decideFields(facts: ModelFacts, annotations: readonly PlacedFieldAnnotation[]): DecidedFields {
  const kept: PlacedFieldAnnotation[] = []
  const findings: FieldFinding[] = []
  for (const at of annotations) {
    const finding = findMistake(facts, at, kept)
    if (finding) findings.push({ at, finding })
    else kept.push(at)
  }
  if (kept.length === 0) return { findings }
  const fieldsOf = (word: FieldAnnotation) => kept.filter((one) => one.word === word).map(({ field }) => field)
  const [version] = fieldsOf('version')
  return {
    findings,
    fieldPolicies: { ...(version === undefined ? {} : { version }), omit: fieldsOf('omit'), scope: fieldsOf('scope') },
  }
}

function findMistake(
  facts: ModelFacts,
  { word, field }: PlacedFieldAnnotation,
  before: readonly PlacedFieldAnnotation[],
): Finding | undefined {
  const name = `${facts.name}.${field}`
  if (facts.relations.some((relation) => relation.name === field)) {
    const from = facts.relations.find((relation) => relation.name === field)?.from ?? []
    const label = from.length > 0 ? `put it at ${from.map((one) => `\`${one}\``).join(' and ')}` : 'put it at a column'
    return { code: 'PC2117', message: `\`${name}\` is a relation: it has no column of its own`, label }
  }
  if (!facts.fields.some((one) => one.name === field)) {
    const message = `Prisma Client does not have \`${name}\`: \`@cache.${word}\` would have no effect`
    return { code: 'PC2117', message, label: 'remove it' }
  }
  if (before.some((one) => one.word === word && one.field === field)) {
    return {
      code: 'PC2118',
      message: `\`${name}\` is annotated with \`${word}\` already`,
      label: 'remove one of the two',
    }
  }
  const other = word === 'version' ? before.find((one) => one.word === word) : undefined
  if (other) {
    const message = `\`${facts.name}\` has a version field already: \`${other.field}\``
    return { code: 'PC2119', message, label: 'keep one of the two' }
  }
  return undefined
}
