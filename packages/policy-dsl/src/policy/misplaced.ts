import { didYouMean } from '../diagnostics/nearest.js'
import type { Finding, Problem } from '../diagnostics/problem.js'
import { fieldAnnotations, isFieldAnnotation } from '../grammar/field-annotations.js'
import { fieldAnnotationsNotAvailable, notAvailable } from '../grammar/not-available.js'
import { isStrategy } from '../grammar/strategies.js'
import type { AnnotationNode } from '../syntax/annotation.js'
import type { CommentTarget } from '../syntax/schema-outline.js'

/** Why an annotation cannot stand where it does. */
export function misplaced({ name }: AnnotationNode, target: CommentTarget): Problem {
  return { ...explain(name.text, target), span: name.span }
}

function explain(word: string, target: CommentTarget): Finding {
  // Moving it to where it belongs would not help.
  if (fieldAnnotationsNotAvailable.includes(word)) return notAvailable(word)
  const place = placeOf(target)
  if (target.kind === 'nothing') {
    const owner = isFieldAnnotation(word) ? 'field' : 'model'
    const label = `move it directly above a ${owner}, without a blank line between`
    return { code: 'PC2115', message: `\`@cache.${word}\` stands above nothing`, label }
  }
  const { block } = target
  const inModel = block.keyword === 'model' || block.keyword === 'view'
  if (isFieldAnnotation(word)) {
    const label = inModel ? `move it to a field of \`${block.name}\`` : 'only fields of models have it'
    return { code: 'PC2116', message: `\`@cache.${word}\` stands ${place}`, label }
  }
  if (target.kind === 'member' && inModel && !isStrategy(word) && !target.member.name.startsWith('@@')) {
    const message = `unknown annotation \`${word}\` on the field \`${block.name}.${target.member.name}\``
    return { code: 'PC2103', message, label: didYouMean(word, fieldAnnotations) }
  }
  const label =
    inModel && target.kind === 'member'
      ? `move it above \`${block.keyword} ${block.name}\``
      : 'only models have a strategy'
  return { code: 'PC2114', message: `\`@cache.${word}\` stands ${place}`, label }
}

function placeOf(target: CommentTarget): string {
  switch (target.kind) {
    case 'nothing':
      return 'above nothing'
    case 'block':
      return `above the ${target.block.keyword} \`${target.block.name}\``
    case 'member':
      return `at \`${target.member.name}\` inside the ${target.block.keyword} \`${target.block.name}\``
  }
}
