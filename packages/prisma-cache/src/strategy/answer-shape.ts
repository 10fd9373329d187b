import type { AnswerPlan, RowPlan } from '../planner/plan-read.js'
import { decodeAnswer, encodeAnswer } from '../protocol/answer-codec.js'
import type { Row } from '../protocol/row-codec.js'

/** The text of "no such row", in either shape. */
export const NONE = 'null'

/** What an entry holds, as a value and as text. A text that cannot be read throws. */
export interface Shape {
  encode(value: unknown): string
  decode(text: string): unknown
  /** The caller's answer, of what is kept. */
  answer(value: unknown): unknown
}

export function shapeOf(plan: RowPlan | AnswerPlan): Shape {
  if (plan.kind === 'answer') return { encode: encodeAnswer, decode: decodeAnswer, answer: (value) => value }
  const { codec } = plan.model
  return {
    encode: (value) => (value === null ? NONE : codec.encode(value as Row)),
    decode: (text) => (text === NONE ? null : codec.decode(text)),
    answer: (value) => (value === null ? null : plan.project(value as Row)),
  }
}

export interface Readable {
  readonly value: unknown
}

/** Undefined for what another program, or a damaged server, has left there. */
export function readable(shape: Shape, text: string): Readable | undefined {
  try {
    return { value: shape.decode(text) }
  } catch {
    return undefined
  }
}
