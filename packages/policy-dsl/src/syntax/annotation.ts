import type { Span } from '../diagnostics/problem.js'

/** One `@cache.name(…)` as it is written; what its words mean is the grammar's business. */
export interface AnnotationNode {
  readonly name: NameNode
  readonly arguments: readonly ArgumentNode[]
  /** False where the parentheses are left out. */
  readonly parenthesized: boolean
  readonly span: Span
}

export interface NameNode {
  readonly text: string
  readonly span: Span
}

export interface ArgumentNode {
  readonly name: NameNode
  readonly value: ValueNode
}

/** Richer than this version needs: what is not available yet must be read whole to be refused by its name. */
export type ValueNode =
  | { readonly kind: 'word'; readonly text: string; readonly span: Span }
  /** Begins with a digit or a sign: `5m`, `500`, `0.8`. */
  | { readonly kind: 'number'; readonly text: string; readonly span: Span }
  | { readonly kind: 'string'; readonly text: string; readonly span: Span }
  | { readonly kind: 'call'; readonly name: NameNode; readonly arguments: readonly ValueNode[]; readonly span: Span }
  | { readonly kind: 'list'; readonly items: readonly ValueNode[]; readonly span: Span }
  | { readonly kind: 'object'; readonly entries: readonly ArgumentNode[]; readonly span: Span }
