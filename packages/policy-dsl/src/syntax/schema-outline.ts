import type { Span } from '../diagnostics/problem.js'
import type { SourceFile } from '../diagnostics/source-file.js'

/** What the policy language needs to know of a Prisma schema file: its blocks, and which comment stands at what. */
export interface SchemaOutline {
  readonly file: SourceFile
  readonly blocks: readonly Block[]
  readonly comments: readonly CommentGroup[]
}

export interface Block {
  /** `model`, `view`, `enum`, `type`, `datasource` or `generator`. */
  readonly keyword: string
  readonly name: string
  readonly nameSpan: Span
  /** From the begin of the line that opens it to the end of the line that closes it, or of the file. */
  readonly span: Span
  readonly members: readonly Member[]
}

export interface Member {
  /** First word of the line: a field's or an enum value's name, `@@map`, or the key of a setting. */
  readonly name: string
  /** The line without its comment. */
  readonly text: string
  /** Of that text. */
  readonly span: Span
}

/** What a comment stands at. */
export type CommentTarget =
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'member'; readonly block: Block; readonly member: Member }
  | { readonly kind: 'nothing' }

/** Comment lines that belong together: no blank line and no code between them. */
export interface CommentGroup {
  readonly target: CommentTarget
  readonly lines: readonly CommentLine[]
}

/** The content of one comment line, its slashes and stars left out. */
export interface CommentLine extends Span {
  /** `///`, which Prisma keeps; `//`, or one line of a block comment, which it drops. */
  readonly kind: 'doc' | 'plain' | 'block'
}
