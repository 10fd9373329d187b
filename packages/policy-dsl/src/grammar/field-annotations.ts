import type { Problem } from '../diagnostics/problem.js'
import type { AnnotationNode } from '../syntax/annotation.js'
import { fieldAnnotationsNotAvailable, notAvailable } from './not-available.js'

/** What a field may be annotated with; none of them takes an argument. */
export const fieldAnnotations = ['version', 'omit', 'scope'] as const

export type FieldAnnotation = (typeof fieldAnnotations)[number]

export const isFieldAnnotation = (word: string): word is FieldAnnotation =>
  (fieldAnnotations as readonly string[]).includes(word)

/** What is wrong with the annotation itself; where it stands is looked at elsewhere. */
export function checkFieldAnnotation({ name, arguments: args }: AnnotationNode): readonly Problem[] {
  if (fieldAnnotationsNotAvailable.includes(name.text)) return [{ ...notAvailable(name.text), span: name.span }]
  return args.map((argument) => ({
    code: 'PC2105',
    span: argument.name.span,
    message: `\`${name.text}\` has no argument \`${argument.name.text}\``,
    label: `\`${name.text}\` takes no arguments`,
  }))
}
