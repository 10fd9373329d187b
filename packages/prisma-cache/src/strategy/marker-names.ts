/** The name of the one floor under everything, and of everything that is mistrusted. */
export const EVERYTHING = '*'

/** Rows and keys: without a bound on their number. */
export function isOneOfMany(name: string): boolean {
  return name.startsWith('r:') || name.startsWith('k:')
}

/** `Model` of a row, `k:Model` of a key. */
export function floorOf(name: string): string {
  return name.startsWith('r:') ? modelOf(name) : `k:${modelOf(name)}`
}

export function modelOf(name: string): string {
  return name.startsWith('*') ? name.slice(1) : name.split(':', 2)[1]!
}
