import type { MappedBlock } from '@prisma-cache/policy-dsl'
import { type Edit, lineBreakAt } from '../text/edit.js'

/** Puts the annotation directly above the model, or in place of the one that it has. */
export function annotate(text: string, block: MappedBlock, annotation: string): Edit {
  if (block.annotation) return { ...block.annotation.span, text: annotation }
  const { start } = block.span
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? ''
  return { start, end: start, text: `${indent}/// ${annotation}${lineBreakAt(text, start)}` }
}
