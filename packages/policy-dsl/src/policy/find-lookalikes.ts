import { nearest } from '../diagnostics/nearest.js'
import type { Problem } from '../diagnostics/problem.js'
import { fieldAnnotations } from '../grammar/field-annotations.js'
import { strategyWords } from '../grammar/strategies.js'
import type { CommentLine, CommentTarget } from '../syntax/schema-outline.js'

const annotationLike = /^\s*(@(\w+)(?:\s*\.\s*|\s+)(\w+))/
const withoutStrategy = /^\s*(@cache)\s*\(/i
const behindProse = new RegExp(`\\S\\s+(@cache\\.(?:${fieldAnnotations.join('|')}))(?!\\w)`)

/** Comments that somebody surely meant as an annotation and that would otherwise do nothing without a word. */
export function findLookalikes(text: string, target: CommentTarget, lines: readonly CommentLine[]): Problem[] {
  return lines.flatMap((line) => findLookalike(text, target, line) ?? [])
}

function findLookalike(text: string, target: CommentTarget, line: CommentLine): Problem | undefined {
  const content = text.slice(line.start, line.end)
  if (!content.includes('@')) return undefined
  const found = annotationLike.exec(content) ?? withoutStrategy.exec(content)
  if (!found) return target.kind === 'member' ? findBehindProse(content, line) : undefined
  const [whole, written = '', tag = 'cache', word] = found
  const start = line.start + whole.indexOf('@')
  const span = { start, end: start + written.length }
  const usual = target.kind === 'member' ? fieldAnnotations[0] : 'writeThrough'
  const meant = word === undefined ? usual : nearest(word, [...strategyWords, ...fieldAnnotations])
  if (meant === undefined || nearest(tag, ['cache']) === undefined) return undefined
  if (line.kind === 'plain') {
    const message = `\`${written}\` in a \`//\` comment has no effect`
    return { code: 'PC2150', span, message, label: 'begin the line with `///`' }
  }
  if (written.startsWith('@cache.')) return undefined
  const message = `\`${written}\` is taken for prose and has no effect`
  return { code: 'PC2151', span, message, label: `an annotation begins with \`@cache.${meant}\`` }
}

/** At a field, where it would keep a secret: nobody must believe that it does. */
function findBehindProse(content: string, line: CommentLine): Problem | undefined {
  const found = behindProse.exec(content)
  if (!found) return undefined
  const [whole, written = ''] = found
  const start = line.start + found.index + whole.length - written.length
  const message = `\`${written}\` behind other words is taken for prose and has no effect`
  return {
    code: 'PC2151',
    span: { start, end: start + written.length },
    message,
    label: 'give it a `///` line of its own',
  }
}
