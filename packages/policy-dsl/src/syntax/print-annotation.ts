import type { AnnotationNode, ArgumentNode, ValueNode } from './annotation.js'

type Unplaced<T> = T extends readonly (infer I)[]
  ? readonly Unplaced<I>[]
  : T extends object
    ? { readonly [K in keyof T as K extends 'span' ? never : K]: Unplaced<T[K]> }
    : T

/** Parts of an annotation without their places, for example of one that is about to be written into a schema. */
export type PrintableAnnotation = Unplaced<AnnotationNode>
export type PrintableArgument = Unplaced<ArgumentNode>
export type PrintableValue = Unplaced<ValueNode>

/** The annotation on one line, as a person would write it; parsing it gives the same annotation again. */
export function printAnnotation(annotation: PrintableAnnotation): string {
  const head = `@cache.${annotation.name.text}`
  return annotation.parenthesized ? `${head}(${printArguments(annotation.arguments)})` : head
}

export function printValue(value: PrintableValue): string {
  switch (value.kind) {
    case 'word':
    case 'number':
    case 'string':
      return value.text
    case 'call':
      return `${value.name.text}(${value.arguments.map(printValue).join(', ')})`
    case 'list':
      return `[${value.items.map(printValue).join(', ')}]`
    case 'object':
      return value.entries.length === 0 ? '{}' : `{ ${printArguments(value.entries)} }`
  }
}

function printArguments(args: readonly PrintableArgument[]): string {
  return args.map(({ name, value }) => `${name.text}: ${printValue(value)}`).join(', ')
}
