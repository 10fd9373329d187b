import type { Problem, Span } from '../diagnostics/problem.js'
import type { SourceFile } from '../diagnostics/source-file.js'
import { checkAnnotation, type StrategyAnnotation } from '../grammar/check-annotation.js'
import { checkFieldAnnotation, type FieldAnnotation, isFieldAnnotation } from '../grammar/field-annotations.js'
import type { AnnotationNode } from '../syntax/annotation.js'
import { parseAnnotations } from '../syntax/parse-annotations.js'
import type { Block, CommentGroup, CommentTarget, SchemaOutline } from '../syntax/schema-outline.js'
import { findLookalikes } from './find-lookalikes.js'
import { misplaced } from './misplaced.js'

export interface PlacedAnnotation extends StrategyAnnotation {
  readonly file: SourceFile
  readonly block: Block
  /** It does not follow the grammar: what was meant by its arguments nobody knows. */
  readonly isBroken: boolean
}

export interface PlacedFieldAnnotation {
  readonly word: FieldAnnotation
  readonly field: string
  readonly nameSpan: Span
  readonly file: SourceFile
  readonly block: Block
}

export interface CollectedAnnotations {
  /** At most one a model: the first. */
  readonly annotations: readonly PlacedAnnotation[]
  readonly fieldAnnotations: readonly PlacedFieldAnnotation[]
  readonly problems: readonly Problem[]
}

/** Every annotation of a file that stands at a model or a field, and every problem with one, wherever it stands. */
export function collectAnnotations({ file, comments }: SchemaOutline): CollectedAnnotations {
  const collected = comments.map((group) => readComment(file, group))
  return {
    annotations: collected.flatMap(({ annotations = [] }) => annotations),
    fieldAnnotations: collected.flatMap(({ fieldAnnotations = [] }) => fieldAnnotations),
    problems: collected.flatMap(({ problems }) => problems),
  }
}

type Read = Partial<CollectedAnnotations> & Pick<CollectedAnnotations, 'problems'>

function readComment(file: SourceFile, { target, lines }: CommentGroup): Read {
  const docLines = lines.filter(({ kind }) => kind === 'doc')
  const parsed = parseAnnotations(file.text, docLines)
  const belongs = (node: AnnotationNode) => isPlaced(node, target)
  const read = readPlaced(file, target, parsed.annotations.filter(belongs), parsed.problems)
  const problems = [
    ...findLookalikes(file.text, target, lines),
    ...parsed.problems.map((problem) => ofFieldAnnotation(problem, parsed.annotations)),
    ...parsed.annotations.filter((node) => !belongs(node)).flatMap((node) => readMisplaced(node, target)),
  ]
  return { ...read, problems: [...problems, ...read.problems] }
}

/** Whatever stands in the parentheses of an annotation that takes nothing: how arguments are written does not help there. */
function ofFieldAnnotation(problem: Problem, nodes: readonly AnnotationNode[]): Problem {
  const { start } = problem.span
  const node = nodes.find(({ name, span }) => isFieldAnnotation(name.text) && span.start <= start && start < span.end)
  if (node === undefined || problem.code === 'PC2101') return problem
  return { ...problem, label: `\`${node.name.text}\` takes no arguments: leave the parentheses out` }
}

/** Moving it would show what else is wrong with it: that is told at once. Of an unknown word nothing more is known. */
function readMisplaced(node: AnnotationNode, target: CommentTarget): Problem[] {
  const problem = misplaced(node, target)
  if (problem.code === 'PC2103') return [problem]
  const others = isFieldAnnotation(node.name.text) ? checkFieldAnnotation(node) : checkAnnotation(node).problems
  return [problem, ...others]
}

/** A view is read like a model; whether it may be cached is a rule of its own. */
export const holdsPolicies = ({ keyword }: Block) => keyword === 'model' || keyword === 'view'

function isPlaced({ name }: AnnotationNode, target: CommentTarget): boolean {
  if (target.kind === 'nothing' || !holdsPolicies(target.block)) return false
  if (target.kind === 'block') return !isFieldAnnotation(name.text)
  return isFieldAnnotation(name.text) && !target.member.name.startsWith('@@')
}

function readPlaced(
  file: SourceFile,
  target: CommentTarget,
  nodes: readonly AnnotationNode[],
  broken: readonly Problem[],
): Read {
  switch (target.kind) {
    case 'nothing':
      return { problems: [] }
    case 'block':
      return readStrategies(file, target.block, nodes, broken)
    case 'member':
      return readFieldAnnotations(file, target.block, target.member.name, nodes)
  }
}

function readStrategies(
  file: SourceFile,
  block: Block,
  nodes: readonly AnnotationNode[],
  broken: readonly Problem[],
): Read {
  const checked = nodes.map(checkAnnotation)
  const problems = checked.flatMap((one) => one.problems)
  problems.push(...nodes.slice(1).map((node) => secondStrategy(node, block, nodes[0]!)))
  const first = checked.find(({ annotation }) => annotation)?.annotation
  // Parsed problems are of this comment, in which one strategy stands, or two that are refused anyway.
  return { annotations: first ? [{ ...first, file, block, isBroken: broken.length > 0 }] : [], problems }
}

function readFieldAnnotations(file: SourceFile, block: Block, field: string, nodes: readonly AnnotationNode[]): Read {
  const found: PlacedFieldAnnotation[] = []
  const problems: Problem[] = []
  for (const node of nodes) {
    const own = checkFieldAnnotation(node)
    problems.push(...own)
    if (own.length > 0) continue
    found.push({ word: node.name.text as FieldAnnotation, field, nameSpan: node.name.span, file, block })
  }
  return { fieldAnnotations: found, problems }
}

function secondStrategy({ name }: AnnotationNode, block: Block, first: AnnotationNode): Problem {
  const message = `\`${block.name}\` has a strategy already: \`${first.name.text}\``
  return { code: 'PC2113', span: name.span, message, label: 'keep one of the two' }
}
