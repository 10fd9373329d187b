import type { Problem } from '../diagnostics/problem.js'
import type { ArgumentNode, NameNode } from './annotation.js'
import { parseValue, startsValue } from './parse-value.js'
import type { Token, TokenReader } from './token-reader.js'
import { unexpected } from './unexpected.js'

export interface ParsedArguments {
  readonly arguments: readonly ArgumentNode[]
  readonly problems: readonly Problem[]
}

/** Reads `name: value, …` up to the end of the reader. After a mistake it goes on at the next comma. */
export function parseArguments(reader: TokenReader): ParsedArguments {
  const args: ArgumentNode[] = []
  const problems: Problem[] = []
  while (reader.peek().kind !== 'end') {
    const first = reader.next()
    if (first.kind !== 'name') {
      problems.push(unexpected(first, 'an argument', 'arguments are written `name: value`'))
      if (first.text !== ',') skipBehindComma(reader)
      continue
    }
    const argument = parseArgument(first, reader, problems)
    if (argument === undefined) {
      skipBehindComma(reader)
      continue
    }
    args.push(withUnit(argument, reader, problems))
    endArgument(reader, problems)
  }
  return { arguments: args, problems }
}

function parseArgument(first: Token, reader: TokenReader, problems: Problem[]): ArgumentNode | undefined {
  const name: NameNode = { text: first.text, span: { start: first.start, end: first.end } }
  const separator = reader.peek()
  if (separator.text === ':' || separator.text === '=') reader.next()
  if (!startsValue(reader.peek())) {
    const problem =
      separator.text === ':'
        ? ({
            code: 'PC2109',
            message: `\`${name.text}\` has no value`,
            label: 'write a value behind the colon',
          } as const)
        : ({
            code: 'PC2108',
            message: `expected \`:\` and a value after \`${name.text}\``,
            label: `write \`${name.text}: …\``,
          } as const)
    problems.push({ ...problem, span: name.span })
    return undefined
  }
  const place = reader.place()
  const value = parseValue(reader, problems)
  if (value === undefined) {
    // Skipping begins before the value: from the mistake on, its brackets would no longer balance.
    reader.rewind(place)
    return undefined
  }
  if (separator.text !== ':') {
    problems.push({
      code: 'PC2108',
      span: separator.text === '=' ? { start: separator.start, end: separator.end } : value.span,
      message: `expected \`:\` after \`${name.text}\``,
      label: `arguments are written \`${name.text}: value\``,
    })
  }
  return { name, value }
}

/** `1 h` is one duration with a space too much, and not a number and then something else. */
function withUnit(argument: ArgumentNode, reader: TokenReader, problems: Problem[]): ArgumentNode {
  const { value } = argument
  const unit = reader.peek()
  if (value.kind !== 'number' || !/^\d+$/.test(value.text) || !/^(?:ms|s|m|h|d)$/.test(unit.text)) return argument
  reader.next()
  const text = `${value.text}${unit.text}`
  problems.push(unexpected(unit, '`,` or `)`', `write \`${text}\`, without a space`))
  return { ...argument, value: { ...value, text } }
}

function endArgument(reader: TokenReader, problems: Problem[]): void {
  const token = reader.peek()
  if (token.kind === 'end') return
  if (token.text === ',') {
    reader.next()
    return
  }
  if (token.kind === 'name') {
    const place = reader.place()
    reader.next()
    const isArgument = reader.peek().text === ':'
    reader.rewind(place)
    if (isArgument) {
      problems.push(unexpected(token, '`,`', 'put a comma before it'))
      return
    }
  }
  problems.push(unexpected(token, '`,` or `)`', 'arguments are separated by commas'))
  skipBehindComma(reader)
}

function skipBehindComma(reader: TokenReader): void {
  let depth = 0
  for (;;) {
    const token = reader.next()
    if (token.kind === 'end') return
    if ('([{'.includes(token.text)) depth++
    if (')]}'.includes(token.text)) depth--
    if (token.text === ',' && depth <= 0) return
  }
}
