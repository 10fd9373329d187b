import { type Code, codes, type Severity } from './codes.js'
import type { Problem } from './problem.js'
import { lineIndexAt, positionAt, type SourceFile } from './source-file.js'

/** One problem of a schema, complete in itself: it can be printed, sent to an editor or asserted in a test. */
export interface Diagnostic {
  readonly code: Code
  readonly severity: Severity
  readonly message: string
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 code units: `source.slice(column - 1)` begins with what is marked. */
  readonly column: number
  /** Code units marked from `column` on; at least 1, never past the end of the line. */
  readonly length: number
  /** The whole line, without its line break. */
  readonly source: string
  readonly label: string
  readonly help?: string
}

export function toDiagnostic(file: SourceFile, problem: Problem): Diagnostic {
  const { span, code, message, label, help } = problem
  const line = file.lines[lineIndexAt(file, span.start)]!
  // A span over several lines is marked on its first: a frame shows one line.
  const end = Math.min(span.end, line.end)
  return Object.freeze({
    code,
    severity: codes[code].severity,
    message,
    file: file.path,
    ...positionAt(file, span.start),
    length: Math.max(1, end - span.start),
    source: file.text.slice(line.start, line.end),
    label,
    ...(help === undefined ? {} : { help }),
  })
}
