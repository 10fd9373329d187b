import { nearest } from '../diagnostics/nearest.js'
import type { Problem } from '../diagnostics/problem.js'
import { fieldAnnotations } from '../grammar/field-annotations.js'
import { strategyWords } from '../grammar/strategies.js'
import type { CommentLine, CommentTarget } from '../syntax/schema-outline.js'

/**
 * The first word of a line, also behind the mark of a list or a fourth slash. Behind more slashes it is what somebody has
 * taken out on purpose.
 */
const first: Readonly<Record<CommentLine['kind'], string>> = {
  doc: '^(\\s*(?:\\/(?!\\/)|[-*+>#•])?\\s*)',
  plain: '^(\\s*[-*+>#•]?\\s*)',
  block: '^(\\s*[-*+>#•]*\\s*)',
}
const likeness = (kind: CommentLine['kind']) => [
  new RegExp(`${first[kind]}(@{1,2}(\\w+)(?:\\s*[.:(]\\s*|\\s+)(\\w+))`),
  new RegExp(`${first[kind]}(@{1,2}cache)\\s*(?:\\(|:?\\s*$)`, 'i'),
]
const likenesses = { doc: likeness('doc'), plain: likeness('plain'), block: likeness('block') } as const

const words = [...strategyWords, ...fieldAnnotations]

const places = { plain: 'a `//` comment', block: 'a `/* */` comment' } as const
const behindProse = new RegExp(`\\S\\s+(@{1,2}cache\\.(?:${fieldAnnotations.join('|')}))(?!\\w)`)

/** Comments that somebody surely meant as an annotation and that would otherwise do nothing without a word. */
export function findLookalikes(text: string, target: CommentTarget, lines: readonly CommentLine[]): Problem[] {
  return lines.flatMap((line) => findLookalike(text, target, line) ?? [])
}

function findLookalike(text: string, target: CommentTarget, line: CommentLine): Problem | undefined {
  const content = text.slice(line.start, line.end)
  if (!content.includes('@')) return undefined
  const [annotationLike, withoutStrategy] = likenesses[line.kind]
  const found = meaning(annotationLike!.exec(content)) ?? withoutStrategy!.exec(content)
  if (!found) return target.kind === 'member' ? findBehindProse(content, line) : undefined
  const [, mark = '', written = '', tag = 'cache', word] = found
  const start = line.start + mark.length
  const span = { start, end: start + written.length }
  const usual = target.kind === 'member' ? fieldAnnotations[0] : 'writeThrough'
  const meant = word === undefined ? usual : nearest(word, words)!
  if (nearest(tag, ['cache']) === undefined) return undefined
  const rightTag = written.startsWith('@cache.')
  if (line.kind !== 'doc') {
    const message = `\`${written}\` in ${places[line.kind]} has no effect`
    return {
      code: 'PC2150',
      span,
      message,
      label: `begin the line with \`///${rightTag || word === undefined ? '' : ` @cache.${meant}`}\``,
    }
  }
  if (rightTag) {
    if (mark.trim() === '') return undefined
    const message = `\`${written}\` behind \`${mark.trim()}\` is taken for prose and has no effect`
    return { code: 'PC2151', span, message, label: `begin the line with \`/// ${written}\`` }
  }
  const message = `\`${written}\` is taken for prose and has no effect`
  return { code: 'PC2151', span, message, label: `an annotation begins with \`@cache.${meant}\`` }
}

/** What names a strategy or an annotation of a field, however spelled. */
function meaning(found: RegExpExecArray | null): RegExpExecArray | null {
  return found?.[4] !== undefined && nearest(found[4], words) !== undefined ? found : null
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
