import type { Problem, Span } from '../diagnostics/problem.js'
import type { SourceFile } from '../diagnostics/source-file.js'
import { checkAnnotation, type StrategyAnnotation } from '../grammar/check-annotation.js'
import { fieldAnnotationsNotAvailable, notAvailable } from '../grammar/not-available.js'
import { isStrategy } from '../grammar/strategies.js'
import type { AnnotationNode } from '../syntax/annotation.js'
import { parseAnnotations } from '../syntax/parse-annotations.js'
import type { Block, CommentGroup, SchemaOutline } from '../syntax/schema-outline.js'
import { findLookalikes } from './find-lookalikes.js'
import { misplaced } from './misplaced.js'

export interface PlacedAnnotation extends StrategyAnnotation {
  readonly file: SourceFile
  readonly block: Block
}

export interface CollectedAnnotations {
  /** At most one a model: the first. */
  readonly annotations: readonly PlacedAnnotation[]
  readonly problems: readonly Problem[]
}

/** Every annotation of a file that stands above a model, and every problem with one, wherever it stands. */
export function collectAnnotations({ file, comments }: SchemaOutline): CollectedAnnotations {
  const collected = comments.map((group) => readComment(file, group))
  return {
    annotations: collected.flatMap(({ annotations }) => annotations),
    problems: collected.flatMap(({ problems }) => problems),
  }
}

function readComment(file: SourceFile, { target, lines }: CommentGroup): CollectedAnnotations {
  const docLines = lines.filter(({ kind }) => kind === 'doc')
  const parsed = parseAnnotations(file.text, docLines)
  const problems = [...findLookalikes(file.text, lines), ...parsed.problems]
  if (target.kind !== 'block' || !hasPolicy(target.block)) {
    return { annotations: [], problems: [...problems, ...parsed.annotations.map((node) => misplaced(node, target))] }
  }
  const { block } = target
  const [strategies, others] = partition(parsed.annotations, ({ name }) => !isFieldAnnotation(name.text))
  problems.push(...others.map(({ name }) => ({ ...notAvailable(name.text), span: name.span })))
  const checked = strategies.map(checkAnnotation)
  problems.push(...checked.flatMap((one) => one.problems))
  problems.push(...strategies.slice(1).map((node) => secondStrategy(node, block, strategies[0]!)))
  const first = checked.find(({ annotation }) => annotation)?.annotation
  return { annotations: first ? [{ ...first, file, block }] : [], problems }
}

/** A view is read like a model; whether it may be cached is a rule of its own. */
function hasPolicy(block: Block): boolean {
  return block.keyword === 'model' || block.keyword === 'view'
}

function isFieldAnnotation(word: string): boolean {
  return fieldAnnotationsNotAvailable.includes(word) && !isStrategy(word)
}

function secondStrategy({ name }: AnnotationNode, block: Block, first: AnnotationNode): Problem {
  const span: Span = name.span
  const message = `\`${block.name}\` has a strategy already: \`${first.name.text}\``
  return { code: 'PC2113', span, message, label: 'keep one of the two' }
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}
