import type { SourceLine } from '../diagnostics/source-file.js'
import type { CommentLine } from './schema-outline.js'

export interface LineParts {
  /** The line's code; block comments are blanked out, so that offsets stay what they are. */
  readonly code: string
  readonly comment?: CommentLine
  /** What it has of block comments. */
  readonly blocks: readonly CommentLine[]
  readonly touchesBlockComment: boolean
  readonly endsInBlockComment: boolean
}

/** Tells code from comments on one line. Slashes inside a string are part of it. */
export function splitLine(text: string, line: SourceLine, inBlockComment: boolean): LineParts {
  const whole = text.slice(line.start, line.end)
  if (!inBlockComment && !whole.includes('/')) {
    return { code: whole, blocks: [], touchesBlockComment: false, endsInBlockComment: false }
  }
  let code = ''
  let inside = inBlockComment
  let touches = inBlockComment
  let insideFrom = line.start
  const blocks: CommentLine[] = []
  let inString = false
  for (let i = line.start; i < line.end; i++) {
    const two = text.slice(i, Math.min(i + 2, line.end))
    if (inside) {
      code += ' '
      if (two !== '*/') continue
      code += ' '
      blocks.push({ kind: 'block', start: insideFrom, end: i })
      i++
      inside = false
    } else if (inString) {
      code += text[i] === '\\' ? two : text[i]
      if (text[i] === '\\') i++
      else if (text[i] === '"') inString = false
    } else if (two === '//') {
      const doc = text[i + 2] === '/' && i + 2 < line.end
      const comment: CommentLine = { kind: doc ? 'doc' : 'plain', start: i + (doc ? 3 : 2), end: line.end }
      return { code, comment, blocks, touchesBlockComment: touches, endsInBlockComment: false }
    } else if (two === '/*') {
      code += '  '
      i++
      insideFrom = i + 1
      inside = true
      touches = true
    } else {
      code += text[i]
      if (text[i] === '"') inString = true
    }
  }
  if (inside) blocks.push({ kind: 'block', start: Math.min(insideFrom, line.end), end: line.end })
  return { code, blocks, touchesBlockComment: touches, endsInBlockComment: inside }
}
