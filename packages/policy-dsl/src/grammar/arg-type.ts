import type { Finding } from '../diagnostics/problem.js'
import type { ValueNode } from '../syntax/annotation.js'
import type { PrintableValue } from '../syntax/print-annotation.js'

/** What the values of an argument are: one row's worth of grammar, put together from combinators. */
export interface ArgType<T> {
  readonly kind: string
  /** Completes "expected …" and stands in the documentation. */
  readonly label: string
  /** The words of the language that its values may hold; the documentation must know each. */
  readonly words: readonly string[]
  parse(value: ValueNode, argument: string): ParsedValue<T>
  /** The inverse of `parse`. */
  print(value: T): PrintableValue
}

/** A mistake in a value; `at` narrows it to a part. */
export interface Refusal {
  readonly finding: Finding
  readonly at?: ValueNode
}

export type ParsedValue<T> =
  | { readonly ok: true; readonly value: T }
  /** `more`: further mistakes, in values of several parts; `rest`: the value of the parts without any. */
  | ({ readonly ok: false; readonly more?: readonly Refusal[]; readonly rest?: T } & Refusal)

export const accept = <T>(value: T): ParsedValue<T> => ({ ok: true, value })
export const refuse = (finding: Finding, at?: ValueNode): ParsedValue<never> =>
  at === undefined ? { ok: false, finding } : { ok: false, finding, at }

/** Every mistake at once; undefined where there is none. */
export function refuseAll<T = never>([first, ...more]: readonly Refusal[], rest?: T): ParsedValue<T> | undefined {
  return first && { ok: false, ...first, more, ...(rest === undefined ? {} : { rest }) }
}
