import {
  type Diagnostic,
  describePolicy,
  type FieldPolicies,
  formatDiagnostics,
  type ModelPolicy,
  type StrategyName,
} from '@prisma-cache/policy-dsl'
import type { LoadedSchema } from '../schema/load-schema.js'
import { columns } from '../text/columns.js'
import { counted, wrapped } from '../text/words.js'
import { cascadeText } from './cascade-text.js'
import { type Cascade, traceCascades } from './trace-cascades.js'
import { listUnseen, type Unseen } from './unseen.js'

/** What `check` has to say; as JSON it is the same. Members are only added within one `formatVersion`. */
export interface Report {
  readonly formatVersion: 1
  readonly ok: boolean
  readonly schema: string
  readonly files: readonly string[]
  readonly diagnostics: readonly Diagnostic[]
  /** These three are empty while an annotation is wrong. */
  readonly models: readonly ModelReport[]
  readonly cascades: readonly (Cascade & { readonly text: string })[]
  readonly unseen: readonly Unseen[]
}

interface ModelReport {
  readonly model: string
  readonly file: string
  readonly line: number
  /** False where the model is `none` because nothing is said. */
  readonly annotated: boolean
  readonly strategy: StrategyName
  /** Every argument, as the language writes it, defaults filled in. */
  readonly arguments: Readonly<Record<string, string>>
  /** Those of them that are not the default. */
  readonly changed: readonly string[]
  /** What the annotations of its fields say; absent where there is none. */
  readonly fields?: FieldPolicies
}

export function makeReport({ path, files, blocks, compiled }: LoadedSchema): Report {
  const { policySet, diagnostics } = compiled
  const head = { formatVersion: 1, schema: path, files: files.map((file) => file.path), diagnostics } as const
  if (policySet === undefined) return { ...head, ok: false, models: [], cascades: [], unseen: [] }
  const models = Object.entries(policySet.models).map(([model, { policy, fieldPolicies }]) => {
    const block = blocks.find(({ name, keyword }) => name === model && (keyword === 'model' || keyword === 'view'))
    return {
      model,
      file: block?.file ?? path,
      line: block?.line ?? 1,
      annotated: block?.annotation !== undefined,
      strategy: policy.strategy,
      arguments: argumentsOf(policy),
      ...(fieldPolicies ? { fields: fieldPolicies } : {}),
      changed: describePolicy(policy).flatMap(({ name, isDefault }) => (isDefault ? [] : [name])),
    }
  })
  const cascades = traceCascades(policySet).map((one) => ({ ...one, text: cascadeText(one) }))
  return { ...head, ok: true, models, cascades, unseen: listUnseen(policySet, blocks) }
}

function argumentsOf(policy: ModelPolicy): Readonly<Record<string, string>> {
  return Object.fromEntries(describePolicy(policy).map(({ name, text }) => [name, text]))
}

export function reportText(report: Report): string {
  const printed = formatDiagnostics(report.diagnostics)
  if (!report.ok) return printed
  const cached = report.models.filter(({ strategy }) => strategy !== 'none').length
  return [
    ...(printed === '' ? [] : [printed, '']),
    `${report.schema}: ${counted(report.models.length, 'model')}, ${cached} cached`,
    '',
    ...policyTable(report.models),
    ...section(
      'What the database does by itself, and prisma-cache follows:',
      report.cascades.map(({ text }) => text),
    ),
    ...section(
      'What no analysis can see:',
      report.unseen.map(({ text }) => text),
    ),
  ].join('\n')
}

/** Whatever their value; of the other arguments, what is not the default. */
const shown = ['ttl', 'consistency', 'durability']

function policyTable(models: readonly ModelReport[]): readonly string[] {
  const rows = models.map(({ model, strategy, annotated, arguments: all, changed, fields }) => {
    const { ttl = '-', consistency = '-', durability } = all
    const others = Object.entries(all).filter(([name]) => changed.includes(name) && !shown.includes(name))
    const settings = [
      ...(durability === undefined ? [] : [`durability: ${durability}`]),
      ...others.map(([name, text]) => `${name}: ${text}`),
      ...fieldTexts(fields),
    ]
    return [model, annotated ? strategy : 'none (nothing said)', ttl, consistency, settings.join(', ') || '-']
  })
  return columns([['model', 'strategy', 'ttl', 'consistency', 'what else'], ...rows])
}

function fieldTexts(fields: FieldPolicies | undefined): readonly string[] {
  if (fields === undefined) return []
  return (['version', 'omit', 'scope'] as const).flatMap((word) => {
    const names = [fields[word] ?? []].flat()
    return names.length === 0 ? [] : [`@cache.${word}: ${names.join(', ')}`]
  })
}

function section(title: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return []
  const lines = items.flatMap((item) =>
    wrapped(item, '    ').map((line, i) => (i === 0 ? `  - ${line.trimStart()}` : line)),
  )
  return ['', title, ...lines]
}
