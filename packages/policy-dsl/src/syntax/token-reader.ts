import type { Span } from '../diagnostics/problem.js'

export interface Token extends Span {
  readonly kind: 'name' | 'number' | 'string' | 'mark' | 'end'
  readonly text: string
  /** Index of the comment line that it stands on. */
  readonly line: number
}

/** A place in the comment lines of one group. */
export interface Place {
  readonly line: number
  readonly offset: number
}

export interface TokenReader {
  peek(): Token
  next(): Token
  /** Where the token that comes next is looked for. */
  place(): Place
  rewind(place: Place): void
}

/** None of them runs over the end of a line, and so none out of its comment. */
const rules: readonly (readonly [Token['kind'], RegExp])[] = [
  ['name', /[\p{L}_][\p{L}\p{M}\p{N}_]*/uy],
  // `.8` is no number of the language; read as one it can be told what to write.
  ['number', /[+-]?\.?\p{Nd}(?:[\p{L}\p{M}\p{N}_]|\.(?=\p{Nd}))*/uy],
  ['string', /"(?:[^"\\\r\n]|\\[^\r\n])*"?/uy],
  // Nor are single quotes quotes; one that stands alone is an apostrophe.
  ['string', /'(?:[^'\\\r\n]|\\[^\r\n])*'/uy],
]

/**
 * Reads tokens over the lines of a comment from a place on: the end of a line is white space. `limit` is the first place
 * that is not read any more.
 */
export function createTokenReader(text: string, lines: readonly Span[], from: Place, limit?: Place): TokenReader {
  let at = from
  let ahead: { readonly token: Token; readonly after: Place } | undefined

  const endOf = (line: number) =>
    limit?.line === line ? Math.min(limit.offset, lines[line]!.end) : (lines[line]?.end ?? 0)
  const lastLine = Math.min(limit?.line ?? lines.length - 1, lines.length - 1)

  function read(): { token: Token; after: Place } {
    let { line, offset } = at
    for (; line <= lastLine; line++, offset = lines[line]?.start ?? 0) {
      const end = endOf(line)
      while (offset < end && /\s/.test(text[offset]!)) offset++
      if (offset >= end) continue
      const token = match(text, offset, line)
      return { token, after: { line, offset: token.end } }
    }
    const end = endOf(Math.max(0, lastLine))
    return {
      token: { kind: 'end', text: '', start: end, end, line: lastLine },
      after: { line: lastLine + 1, offset: end },
    }
  }

  return {
    peek() {
      ahead ??= read()
      return ahead.token
    },
    next() {
      const { token, after } = ahead ?? read()
      ahead = undefined
      at = after
      return token
    },
    place: () => at,
    rewind(place) {
      at = place
      ahead = undefined
    },
  }
}

function match(text: string, offset: number, line: number): Token {
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = offset
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) return { kind, text: found, start: offset, end: offset + found.length, line }
  }
  // Any other character is a mark: `(`, `:`, but also what the language has no use for.
  const mark = String.fromCodePoint(text.codePointAt(offset)!)
  return { kind: 'mark', text: mark, start: offset, end: offset + mark.length, line }
}
