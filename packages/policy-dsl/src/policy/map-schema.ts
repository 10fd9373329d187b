import type { Span } from '../diagnostics/problem.js'
import { createSourceFile, positionAt, type SchemaFile, type SourceFile } from '../diagnostics/source-file.js'
import { type FieldAnnotation, isFieldAnnotation } from '../grammar/field-annotations.js'
import { parseAnnotations } from '../syntax/parse-annotations.js'
import { readOutline } from '../syntax/read-outline.js'
import type { Block, SchemaOutline } from '../syntax/schema-outline.js'

/** Where a block of a schema stands; offsets are into the text of its file. */
export interface MappedBlock {
  /** `model`, `view`, `enum`, `type`, `datasource` or `generator`. */
  readonly keyword: string
  readonly name: string
  readonly file: string
  /** 1-based. */
  readonly line: number
  /** From the begin of the line that opens it to the end of the line that closes it. */
  readonly span: Span
  /** Its lines without comments and indentation. */
  readonly members: readonly string[]
  /** Of a model or view: the first that gives a strategy, right or wrong. */
  readonly annotation?: MappedAnnotation
  /** Of a model's or view's fields, right or wrong. */
  readonly fieldAnnotations: readonly MappedFieldAnnotation[]
}

export interface MappedFieldAnnotation {
  readonly word: FieldAnnotation
  readonly field: string
  readonly line: number
}

export interface MappedAnnotation {
  readonly strategy: string
  readonly line: number
  readonly span: Span
  /** Argument → its line. */
  readonly arguments: Readonly<Record<string, number>>
}

/** The blocks of a schema in the order of its files: for tools that point at them or write beside them. */
export function mapSchema(files: readonly SchemaFile[]): readonly MappedBlock[] {
  return files.flatMap((file) => {
    const outline = readOutline(createSourceFile(file))
    return outline.blocks.map((block) => mapBlock(outline, block))
  })
}

function mapBlock(outline: SchemaOutline, block: Block): MappedBlock {
  const { keyword, name, span, members } = block
  const hasPolicy = keyword === 'model' || keyword === 'view'
  const annotation = hasPolicy ? findAnnotation(outline, block) : undefined
  return {
    keyword,
    name,
    file: outline.file.path,
    line: lineOf(outline.file, block.nameSpan),
    span,
    members: members.map(({ text }) => text),
    ...(annotation ? { annotation } : {}),
    fieldAnnotations: hasPolicy ? findFieldAnnotations(outline, block) : [],
  }
}

function findAnnotation({ file, comments }: SchemaOutline, block: Block): MappedAnnotation | undefined {
  const comment = comments.find(({ target }) => target.kind === 'block' && target.block === block)
  const lines = comment?.lines.filter(({ kind }) => kind === 'doc') ?? []
  const { annotations } = parseAnnotations(file.text, lines)
  const node = annotations.find(({ name }) => !isFieldAnnotation(name.text))
  return (
    node && {
      strategy: node.name.text,
      line: lineOf(file, node.span),
      span: node.span,
      arguments: Object.fromEntries(node.arguments.map(({ name }) => [name.text, lineOf(file, name.span)])),
    }
  )
}

function findFieldAnnotations({ file, comments }: SchemaOutline, block: Block): readonly MappedFieldAnnotation[] {
  return comments.flatMap(({ target, lines }) => {
    if (target.kind !== 'member' || target.block !== block) return []
    const docs = lines.filter(({ kind }) => kind === 'doc')
    return parseAnnotations(file.text, docs).annotations.flatMap(({ name }) =>
      isFieldAnnotation(name.text)
        ? [{ word: name.text, field: target.member.name, line: lineOf(file, name.span) }]
        : [],
    )
  })
}

function lineOf(file: SourceFile, span: Span): number {
  return positionAt(file, span.start).line
}
