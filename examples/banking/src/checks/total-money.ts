import { type Cents, centsToDecimal } from '../bank/cents.js'
import type { Check } from './check.js'

export interface Money {
  /** Sum of all balances before the first call. */
  readonly before: Cents
  /** What the acknowledged calls say they added to it and took from it. */
  readonly delta: Cents
  readonly after: Cents
}

export function checkTotalMoney({ before, delta, after }: Money): Check {
  const expected = before + delta
  const sign = delta < 0 ? '-' : '+'
  return {
    name: 'Total money',
    ok: after === expected,
    numbers:
      `${centsToDecimal(before)} ${sign} ${centsToDecimal(Math.abs(delta))} = ${centsToDecimal(expected)} expected, ` +
      `${centsToDecimal(after)} in Postgres`,
  }
}
