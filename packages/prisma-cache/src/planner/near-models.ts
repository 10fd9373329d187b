import type { ModelIndex } from './model-index.js'

/** Copies that a process keeps at most, by model. */
export function nearLimits(index: ModelIndex): Map<string, number> {
  return new Map(
    index.names.flatMap((name) => {
      const policy = index.get(name)!.policy
      return policy.strategy !== 'none' && policy.near.kind === 'on' ? [[name, policy.near.max] as const] : []
    }),
  )
}

/** Every model that an answer of those may hold something of, or depend on. */
export function nearModels(index: ModelIndex, roots: Iterable<string>): Set<string> {
  const found = new Set<string>()
  const rest = [...roots]
  for (let name = rest.pop(); name !== undefined; name = rest.pop()) {
    const model = index.get(name)
    if (!model || found.has(name)) continue
    found.add(name)
    rest.push(...model.relations.values())
    if (model.policy.strategy !== 'none') rest.push(...model.policy.dependsOn)
  }
  return found
}
