/** The part of a key that decides its slot: between the first `{` and the next `}`, else the whole key. */
export function slotTag(key: string): string {
  const open = key.indexOf('{')
  if (open < 0) return key
  const close = key.indexOf('}', open + 1)
  return close > open + 1 ? key.slice(open + 1, close) : key
}

/**
 * Splits items into groups that one command may touch. On a single server that is all of them; on a cluster a group a
 * slot. Returns the positions of the items.
 */
export function groupBySlot(cluster: boolean, keys: readonly string[]): number[][] {
  if (!cluster) return keys.length === 0 ? [] : [keys.map((_, i) => i)]
  const groups = new Map<string, number[]>()
  for (const [i, key] of keys.entries()) {
    const tag = slotTag(key)
    const group = groups.get(tag)
    if (group) group.push(i)
    else groups.set(tag, [i])
  }
  return [...groups.values()]
}
