import type { Violation } from '../check/verdict.js'
import type { Op } from './op.js'

/** One line an operation: when, by whom, what. */
export function describeViolation({ rule, key, why, ops }: Violation): string {
  return [`${rule} of ${key}: ${why}`, ...ops.map((op) => `  ${describeOp(op)}`)].join('\n')
}

function describeOp({
  kind,
  value,
  seq,
  call,
  ret,
  session,
  order,
  process,
  via,
  deletes,
  aborted,
  owedUntil,
}: Op): string {
  const ms = (us: number) => (us === Number.POSITIVE_INFINITY ? '?' : (us / 1000).toFixed(3))
  const place = seq < 0 ? '' : ` (place ${seq})`
  const what = deletes
    ? `deletes as ${value}${place}`
    : kind === 'write'
      ? `writes ${value}${place}`
      : `reads ${value}${place}`
  const more = [aborted ? 'undone' : '', owedUntil === undefined ? '' : `owed until ${ms(owedUntil)}`]
  const notes = more.filter(Boolean).map((note) => `, ${note}`)
  return `${ms(call)} … ${ms(ret)} ms  ${process} ${session}#${order} ${what} by ${via}${notes.join('')}`
}
