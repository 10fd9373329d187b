import { didYouMean } from '../diagnostics/nearest.js'
import type { Finding, Problem } from '../diagnostics/problem.js'
import { fieldAnnotationsNotAvailable, notAvailable } from '../grammar/not-available.js'
import { isStrategy } from '../grammar/strategies.js'
import type { AnnotationNode } from '../syntax/annotation.js'
import type { CommentTarget } from '../syntax/schema-outline.js'

/** Why an annotation cannot stand where it does. */
export function misplaced({ name }: AnnotationNode, target: CommentTarget): Problem {
  return { ...explain(name.text, target), span: name.span }
}

function explain(word: string, target: CommentTarget): Finding {
  switch (target.kind) {
    case 'nothing':
      return {
        code: 'PC2115',
        message: `\`@cache.${word}\` stands above nothing`,
        label: 'move it directly above a model, without a blank line between',
      }
    case 'block':
      return {
        code: 'PC2114',
        message: `\`@cache.${word}\` stands above the ${target.block.keyword} \`${target.block.name}\``,
        label: 'only models have a strategy',
      }
    case 'member':
      return explainMember(word, target)
  }
}

function explainMember(word: string, { block, member }: CommentTarget & { readonly kind: 'member' }): Finding {
  const inModel = block.keyword === 'model' || block.keyword === 'view'
  const isField = inModel && !member.name.startsWith('@@')
  if (isField && fieldAnnotationsNotAvailable.includes(word)) return notAvailable(word)
  if (isField && !isStrategy(word)) {
    const message = `unknown annotation \`${word}\` on the field \`${block.name}.${member.name}\``
    return { code: 'PC2103', message, label: didYouMean(word, fieldAnnotationsNotAvailable) }
  }
  return {
    code: 'PC2114',
    message: `\`@cache.${word}\` stands at \`${member.name}\` inside the ${block.keyword} \`${block.name}\``,
    label: inModel ? `move it above \`${block.keyword} ${block.name}\`` : 'only models have a strategy',
  }
}
