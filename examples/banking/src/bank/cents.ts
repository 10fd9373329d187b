/** Sums are kept in whole cents: exact as a number up to 90 trillion of the currency. */
export type Cents = number

/** `"12.34"`, as Postgres takes and gives a numeric. */
export function centsToDecimal(cents: Cents): string {
  const sign = cents < 0 ? '-' : ''
  const digits = String(Math.abs(cents)).padStart(3, '0')
  return `${sign}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

/** Throws on anything but a plain decimal of at most two places: money is never rounded by the way. */
export function decimalToCents(text: string): Cents {
  const match = /^(-?)(\d+)(?:\.(\d{1,2}))?$/.exec(text)
  if (!match) throw new RangeError(`not an amount of money: "${text}"`)
  const cents = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'))
  return match[1] && cents !== 0 ? -cents : cents
}
