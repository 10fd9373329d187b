/** One schema file as the user has it on disk. */
export interface SchemaFile {
  /** Shown as it is given. */
  readonly path: string
  readonly text: string
}

export interface SourceLine {
  readonly start: number
  /** Exclusive, without the line break. */
  readonly end: number
}

export interface Position {
  /** 1-based. */
  readonly line: number
  /** 1-based, in UTF-16 code units, as editors, the language server protocol and TypeScript count. */
  readonly column: number
}

export interface SourceFile extends SchemaFile {
  readonly lines: readonly SourceLine[]
}

/** A lone CR ends a line too: Prisma's own grammar reads it so. */
const lineBreak = /\r\n|\n|\r/g

export function createSourceFile(file: SchemaFile): SourceFile {
  const lines: SourceLine[] = []
  let start = 0
  for (const match of file.text.matchAll(lineBreak)) {
    lines.push({ start, end: match.index })
    start = match.index + match[0].length
  }
  lines.push({ start, end: file.text.length })
  return { ...file, lines }
}

export function positionAt(file: SourceFile, offset: number): Position {
  const index = lineIndexAt(file, offset)
  return { line: index + 1, column: offset - file.lines[index]!.start + 1 }
}

export function lineIndexAt(file: SourceFile, offset: number): number {
  let low = 0
  let high = file.lines.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (file.lines[middle]!.start <= offset) low = middle
    else high = middle - 1
  }
  return low
}
