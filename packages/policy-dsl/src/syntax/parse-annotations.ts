import type { Problem, Span } from '../diagnostics/problem.js'
import type { AnnotationNode, ArgumentNode, NameNode } from './annotation.js'
import { parseArguments } from './parse-arguments.js'
import { startsValue } from './parse-value.js'
import { createTokenReader, type Place, type TokenReader } from './token-reader.js'

export interface ParsedComment {
  readonly annotations: readonly AnnotationNode[]
  readonly problems: readonly Problem[]
}

const opening = '@cache.'

/** Everything up to white space or punctuation of the language, so that `write-thru` is one wrong word, not three. */
const nameAfterDot = /[^\s(),:[\]{}"]+/uy

/** Reads the annotations of one comment; what does not begin a line with `@cache.` is prose. */
export function parseAnnotations(text: string, lines: readonly Span[]): ParsedComment {
  const annotations: AnnotationNode[] = []
  const problems: Problem[] = []
  let line = 0
  while (line < lines.length) {
    let start = annotationStart(text, lines[line]!)
    // An annotation directly behind another one counts: as prose it would be lost without a word.
    while (start !== undefined) {
      const parsed = parseOne(text, lines, { line, offset: start })
      problems.push(...parsed.problems)
      if (parsed.annotation) annotations.push(parsed.annotation)
      line = parsed.end.line
      const behind = lines[line]
      const comma = text[parsed.end.offset] === ',' ? 1 : 0
      start = behind && annotationStart(text, { start: parsed.end.offset + comma, end: behind.end })
    }
    line++
  }
  return { annotations, problems }
}

export function annotationStart(text: string, rest: Span): number | undefined {
  let offset = rest.start
  while (offset < rest.end && /\s/.test(text[offset]!)) offset++
  return text.startsWith(opening, offset) && offset < rest.end ? offset : undefined
}

interface ParsedAnnotation {
  readonly annotation?: AnnotationNode
  readonly problems: readonly Problem[]
  /** Where prose may go on. */
  readonly end: Place
}

function parseOne(text: string, lines: readonly Span[], at: Place): ParsedAnnotation {
  const name = readName(text, at.offset + opening.length, lines[at.line]!.end)
  if (name === undefined) {
    const span = { start: at.offset, end: at.offset + opening.length }
    const message = 'the name of the strategy is missing after `@cache.`'
    const end = { line: at.line, offset: span.end }
    return { problems: [{ code: 'PC2102', span, message, label: 'write for example `@cache.writeThrough`' }], end }
  }
  const afterName = { line: at.line, offset: name.span.end }
  const open = findOpening(text, lines, afterName)
  const node = (args: readonly ArgumentNode[], parenthesized: boolean, end: number): AnnotationNode => ({
    name,
    arguments: args,
    parenthesized,
    span: { start: at.offset, end },
  })
  if (open === undefined) {
    const problems = wrongOpening(text, lines, afterName, name.text)
    return { annotation: node([], false, name.span.end), problems, end: afterName }
  }

  const inside = { line: open.line, offset: open.offset + 1 }
  const close = findClosing(text, lines, inside)
  if (close === undefined) {
    // Where the arguments end nobody knows; those on the line of `(` are read, so that their mistakes show too.
    const lineEnd = { line: open.line, offset: lines[open.line]!.end }
    const args = parseArguments(createTokenReader(text, lines, inside, lineEnd)).arguments
    const problem: Problem = {
      code: 'PC2101',
      span: { start: open.offset, end: open.offset + 1 },
      message: `the parenthesis of \`@cache.${name.text}\` is not closed`,
      label: 'add a `)` behind the last argument',
    }
    return { annotation: node(args, true, lineEnd.offset), problems: [problem], end: lineEnd }
  }
  const { arguments: args, problems } = parseArguments(createTokenReader(text, lines, inside, close))
  const end = { line: close.line, offset: close.offset + 1 }
  return { annotation: node(args, true, end.offset), problems, end }
}

function readName(text: string, start: number, lineEnd: number): NameNode | undefined {
  nameAfterDot.lastIndex = start
  const found = nameAfterDot.exec(text)?.[0].slice(0, lineEnd - start)
  return found ? { text: found, span: { start, end: start + found.length } } : undefined
}

function findOpening(text: string, lines: readonly Span[], from: Place): Place | undefined {
  const reader = createTokenReader(text, lines, from)
  const first = reader.next()
  if (first.text !== '(') return undefined
  const place = { line: first.line, offset: first.start }
  if (first.line === from.line) return place
  // A parenthesis that begins the next line may be prose; arguments show by their first colon.
  return reader.next().kind === 'name' && reader.next().text === ':' ? place : undefined
}

/** Arguments in other brackets, or in none: as prose they would be lost without a word. */
function wrongOpening(text: string, lines: readonly Span[], from: Place, name: string): Problem[] {
  const line = lines[from.line]!
  const reader = createTokenReader(text, [line], { line: 0, offset: from.offset })
  const first = reader.next()
  const looksLikeArguments =
    first.text === '{' ||
    first.text === '[' ||
    ((first.text === ':' || first.text === ',') && first.start === from.offset) ||
    (first.kind === 'name' && reader.next().text === ':' && isLoneValue(reader))
  if (!looksLikeArguments) return []
  const span = { start: first.start, end: first.end }
  const message = `expected \`(\` or nothing more after \`@cache.${name}\`, found \`${first.text}\``
  return [{ code: 'PC2102', span, message, label: `arguments are written \`@cache.${name}(ttl: 5m)\`` }]
}

/** A value and then a comma or nothing: prose goes on with a word. */
function isLoneValue(reader: TokenReader): boolean {
  if (!startsValue(reader.next())) return false
  const behind = reader.next()
  return behind.kind === 'end' || behind.text === ','
}

function findClosing(text: string, lines: readonly Span[], from: Place): Place | undefined {
  const reader = createTokenReader(text, lines, from)
  let depth = 1
  let line = from.line
  for (;;) {
    const token = reader.next()
    if (token.kind === 'end') return undefined
    if (token.line !== line) {
      line = token.line
      if (annotationStart(text, lines[line]!) !== undefined) return undefined
    }
    if (token.text === '(') depth++
    if (token.text === ')') depth--
    if (depth === 0) return { line: token.line, offset: token.start }
  }
}
