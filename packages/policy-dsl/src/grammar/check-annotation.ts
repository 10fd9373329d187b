import { didYouMean, nearest } from '../diagnostics/nearest.js'
import type { Problem, Span } from '../diagnostics/problem.js'
import type { AnnotationNode, ArgumentNode } from '../syntax/annotation.js'
import { checkArgument } from './check-argument.js'
import { argumentsOf, isStrategy, type StrategyWord, strategyWords } from './strategies.js'

/** An annotation whose words are all known and whose values all fit; what it leaves out is not filled in yet. */
export interface StrategyAnnotation {
  readonly strategy: StrategyWord
  readonly values: Readonly<Record<string, unknown>>
  readonly nameSpan: Span
  /** As written, for whoever has to point at a part of it. */
  readonly arguments: readonly ArgumentNode[]
  /** Arguments of which nobody knows what was meant. */
  readonly unsure: readonly string[]
}

export interface CheckedAnnotation {
  /** Absent if the strategy is unknown; present with what did fit if an argument is wrong. */
  readonly annotation?: StrategyAnnotation
  readonly problems: readonly Problem[]
}

/** Checks an annotation of a model against the table of strategies. */
export function checkAnnotation(node: AnnotationNode): CheckedAnnotation {
  const strategy = node.name.text
  if (!isStrategy(strategy)) {
    const message = `unknown strategy \`${strategy}\``
    const label = didYouMean(strategy, strategyWords)
    const unknown: Problem = { code: 'PC2103', span: node.name.span, message, label }
    return { problems: [unknown, ...problemsUnder(nearest(strategy, strategyWords), node)] }
  }
  return checkArguments(strategy, node)
}

/** What is wrong whichever strategy was meant: an argument that another one takes may be right. */
function problemsUnder(meant: string | undefined, node: AnnotationNode): readonly Problem[] {
  if (meant === undefined || !isStrategy(meant)) return []
  return checkArguments(meant, node).problems.filter(({ code }) => code !== 'PC2105')
}

function checkArguments(strategy: StrategyWord, node: AnnotationNode): CheckedAnnotation {
  const values: Record<string, unknown> = {}
  const problems: Problem[] = []
  const seen = new Set<string>()
  const unsure: string[] = []
  for (const { name, value } of node.arguments) {
    if (seen.has(name.text)) {
      const message = `\`${name.text}\` is given twice`
      problems.push({ code: 'PC2107', span: name.span, message, label: 'remove one of the two' })
    }
    seen.add(name.text)
    const checked = checkArgument(strategy, name.text, value)
    if (checked.ok) values[name.text] = checked.value
    else {
      unsure.push(name.text, nearest(name.text, Object.keys(argumentsOf(strategy))) ?? name.text)
      if (checked.rest !== undefined) values[name.text] = checked.rest
      problems.push(
        ...checked.mistakes.map(({ about, at = value, finding }) => {
          return { ...finding, span: about === 'name' ? name.span : at.span }
        }),
      )
    }
  }
  return { annotation: { strategy, values, nameSpan: node.name.span, arguments: node.arguments, unsure }, problems }
}
