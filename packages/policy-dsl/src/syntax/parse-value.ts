import type { Problem, Span } from '../diagnostics/problem.js'
import type { ArgumentNode, NameNode, ValueNode } from './annotation.js'
import { createTokenReader, type Token, type TokenReader } from './token-reader.js'
import { unexpected } from './unexpected.js'

/** Deeper than anything the language has; keeps a hostile comment from exhausting the stack. */
const maxDepth = 16

export function startsValue(token: Token): boolean {
  return token.kind === 'name' || token.kind === 'number' || token.kind === 'string' || '[{'.includes(token.text || ' ')
}

/** Reads one value; undefined after a mistake, which is in `problems` then. */
export function parseValue(reader: TokenReader, problems: Problem[], depth = 0): ValueNode | undefined {
  const token = reader.peek()
  if (!startsValue(token)) return fail(token, 'a value', 'write a value here', problems)
  if (depth >= maxDepth) return fail(token, 'a flatter value', `no value is nested deeper than ${maxDepth}`, problems)
  reader.next()
  const { kind, text } = token
  const span: Span = { start: token.start, end: token.end }
  if (kind === 'number' || kind === 'string') return { kind, text, span }
  if (kind === 'name') {
    const next = reader.peek()
    if (next.text !== '(') return { kind: 'word', text, span }
    reader.next()
    const before = problems.length
    const call = parseItems(reader, problems, ')', () => parseValue(reader, problems, depth + 1))
    // Of a call the one value is asked for; what it lacks then is not worth a second message.
    if (problems.length > before) return undefined
    return (
      call && { kind: 'call', name: { text, span }, arguments: call.items, span: { start: span.start, end: call.end } }
    )
  }
  if (text === '[') {
    const list = parseItems(reader, problems, ']', () => parseValue(reader, problems, depth + 1))
    return list && { kind: 'list', items: list.items, span: { start: span.start, end: list.end } }
  }
  const object = parseItems(reader, problems, '}', () => parseEntry(reader, problems, depth + 1))
  return object && { kind: 'object', entries: object.items, span: { start: span.start, end: object.end } }
}

/** A value that stands alone, as the TypeScript twin gives it; undefined if the text is none. */
export function parseLoneValue(text: string): ValueNode | undefined {
  const reader = createTokenReader(text, [{ start: 0, end: text.length }], { line: 0, offset: 0 })
  const value = parseValue(reader, [])
  return reader.peek().kind === 'end' ? value : undefined
}

function parseEntry(reader: TokenReader, problems: Problem[], depth: number): ArgumentNode | undefined {
  const token = reader.peek()
  if (token.kind !== 'name') return fail(token, 'a name', 'entries are written `name: value`', problems)
  reader.next()
  const name: NameNode = { text: token.text, span: { start: token.start, end: token.end } }
  // Not taken before it is known: a bracket in its place closes the object.
  const colon = reader.peek()
  if (colon.text !== ':') return fail(colon, '`:`', 'entries are written `name: value`', problems)
  reader.next()
  const value = parseValue(reader, problems, depth)
  return value && { name, value }
}

interface Items<T> {
  readonly items: readonly T[]
  readonly end: number
}

/**
 * Reads up to the closing bracket. After a mistake it goes on at the next item, so that the mistakes behind it are told too;
 * undefined where no item was read, or the bracket is not closed.
 */
function parseItems<T>(
  reader: TokenReader,
  problems: Problem[],
  close: string,
  parse: () => T | undefined,
): Items<T> | undefined {
  const items: T[] = []
  let isBroken = false
  while (reader.peek().text !== close) {
    const item = parse()
    if (item === undefined) {
      isBroken = true
      if (!skipItem(reader, close)) return undefined
      continue
    }
    items.push(item)
    const behind = reader.peek()
    if (behind.text === ',') reader.next()
    else if (behind.text !== close) {
      isBroken = true
      fail(behind, `\`,\` or \`${close}\``, 'items are separated by commas', problems)
      if (!startsValue(behind) && !skipItem(reader, close)) return undefined
    }
  }
  const { end } = reader.next()
  return isBroken && items.length === 0 ? undefined : { items, end }
}

/** To behind the next comma, or to the closing bracket; false where the text ends before. */
function skipItem(reader: TokenReader, close: string): boolean {
  for (let depth = 0; ; ) {
    const token = reader.peek()
    if (token.kind === 'end') return false
    if (depth <= 0 && token.text === close) return true
    reader.next()
    if ('([{'.includes(token.text)) depth++
    if (')]}'.includes(token.text)) depth--
    if (depth <= 0 && token.text === ',') return true
  }
}

function fail(token: Token, expected: string, label: string, problems: Problem[]): undefined {
  problems.push(unexpected(token, expected, label))
  return undefined
}
