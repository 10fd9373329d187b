import { nearest } from '../diagnostics/nearest.js'
import type { Problem } from '../diagnostics/problem.js'
import { strategyWords } from '../grammar/strategies.js'
import type { CommentLine } from '../syntax/schema-outline.js'

const annotationLike = /^\s*(@(\w+)(?:\s*\.\s*|\s+)(\w+))/
const withoutStrategy = /^\s*(@cache)\s*\(/i

/** Comments that somebody surely meant as an annotation and that would otherwise do nothing without a word. */
export function findLookalikes(text: string, lines: readonly CommentLine[]): Problem[] {
  return lines.flatMap((line): Problem[] => {
    const content = text.slice(line.start, line.end)
    const found = annotationLike.exec(content) ?? withoutStrategy.exec(content)
    if (!found) return []
    const [whole, written = '', tag = 'cache', word] = found
    const start = line.start + whole.indexOf('@')
    const span = { start, end: start + written.length }
    const strategy = word === undefined ? 'writeThrough' : nearest(word, strategyWords)
    if (strategy === undefined || nearest(tag, ['cache']) === undefined) return []
    if (line.kind === 'plain') {
      const message = `\`${written}\` in a \`//\` comment has no effect`
      return [{ code: 'PC2150', span, message, label: 'begin the line with `///`' }]
    }
    if (written.startsWith('@cache.')) return []
    const message = `\`${written}\` is taken for prose and has no effect`
    return [{ code: 'PC2151', span, message, label: `an annotation begins with \`@cache.${strategy}\`` }]
  })
}
