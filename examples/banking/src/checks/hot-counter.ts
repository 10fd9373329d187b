import type { Check } from './check.js'

export function checkHotCounter(calls: number, visits: number): Check {
  return {
    name: 'Hot counter',
    ok: calls === visits,
    numbers: `${calls} calls answered, ${visits} visits on the one row in Postgres`,
  }
}
