/** Ruins an answer that has been compared. If the cache kept the very object, the next reader gets it ruined. */
export function spoil(value: unknown): void {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return
  if (value instanceof Date) value.setTime(0)
  else if (value instanceof Uint8Array) value.fill(7)
  else if (Array.isArray(value)) {
    for (const item of value) spoil(item)
    value.push('spoiled')
  } else if (Object.getPrototypeOf(value) === Object.prototype) {
    for (const item of Object.values(value)) spoil(item)
    ;(value as Record<string, unknown>).spoiled = true
  }
}
