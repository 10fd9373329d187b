import type { Span } from '../diagnostics/problem.js'
import type { SourceFile } from '../diagnostics/source-file.js'
import type { SchemaOutline } from '../syntax/schema-outline.js'
import { withoutQuotes } from '../syntax/without-quotes.js'
import type { PlacedAnnotation, PlacedFieldAnnotation } from './collect-annotations.js'
import type { Breach } from './rules/find-breaches.js'

export interface AnnotatedSchema {
  readonly outlines: readonly SchemaOutline[]
  readonly annotations: readonly PlacedAnnotation[]
  readonly fieldAnnotations: readonly PlacedFieldAnnotation[]
}

export interface Place {
  readonly file: SourceFile
  readonly span: Span
}

/** Where in the schema a breach is best shown: at the value, the annotation of the field, the strategy, or the model. */
export function placeBreach({ model, finding: { about } }: Breach, schema: AnnotatedSchema): Place {
  if (about?.kind === 'field') {
    const own = schema.fieldAnnotations.filter(({ block }) => block.name === model)
    const at = own.find(({ word, field }) => word === about.word && field === about.field)
    if (at) return { file: at.file, span: at.nameSpan }
  }
  const annotation = schema.annotations.find(({ block }) => block.name === model)
  if (annotation) {
    const { file, nameSpan } = annotation
    const argument =
      about?.kind === 'argument' ? annotation.arguments.find(({ name }) => name.text === about.name) : undefined
    const items = argument?.value.kind === 'list' ? argument.value.items : []
    const item = items.find((one) => 'text' in one && withoutQuotes(one.text) === itemOf(about))
    return { file, span: (item ?? argument?.value)?.span ?? nameSpan }
  }
  // No annotation caused it, yet an error without a place would be one that nobody is told.
  const files = schema.outlines.flatMap(({ file, blocks }) => blocks.map((block) => ({ file, block })))
  const found = files.find(({ block }) => block.name === model)
  return found
    ? { file: found.file, span: found.block.nameSpan }
    : { file: schema.outlines[0]!.file, span: { start: 0, end: 0 } }
}

function itemOf(about: Breach['finding']['about']): string | undefined {
  return about?.kind === 'argument' ? about.item : undefined
}
