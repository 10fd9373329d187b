import type { Code } from './codes.js'

/** Offsets into the text of one file, in UTF-16 units; `end` is exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** What is wrong, said without a place: the same words serve a schema and the TypeScript twin. */
export interface Finding {
  readonly code: Code
  readonly message: string
  /** Stands behind the carets: the nearest thing that would be right. */
  readonly label: string
  /** A next step that needs a line of its own. */
  readonly help?: string
}

/** A finding with its place in a file. */
export interface Problem extends Finding {
  readonly span: Span
}
