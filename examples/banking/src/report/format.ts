export const NONE = '–'

export const count = (value: number): string => value.toLocaleString('en-US')

/** Three digits that matter, whatever the size. */
export function milliseconds(value: number | undefined): string {
  if (value === undefined) return NONE
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** How many times faster: above 1 the policies win. */
export function ratio(plain: number | undefined, policies: number | undefined): string {
  if (!plain || !policies) return NONE
  const times = plain / policies
  return `${times >= 10 ? times.toFixed(0) : times.toFixed(2)}×`
}

export const percent = (part: number, whole: number): string =>
  whole === 0 ? NONE : `${((100 * part) / whole).toFixed(1)} %`

/** A count, and what it is for each operation: two runs of a closed loop do not do the same number of operations. */
export function countPer(value: number, operations: number): string {
  return operations === 0 ? count(value) : `${count(value)} (${(value / operations).toFixed(2)})`
}
