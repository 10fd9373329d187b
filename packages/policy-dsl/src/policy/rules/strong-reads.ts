import type { ModelEntry } from '../policy-set.js'
import type { Models, Rule } from './rule.js'

const isStrong = ({ policy }: ModelEntry) =>
  policy.strategy !== 'none' && policy.strategy !== 'writeBehind' && policy.consistency === 'strong'

/** A near copy is dropped by a push that may be late; a `strong` read may never be. */
export const strongNear: Rule = ({ policy, facts }) => {
  if (policy.strategy === 'none' || policy.consistency !== 'strong' || policy.near.kind === 'off') return []
  return [
    {
      code: 'PC2213',
      message: `\`${facts.name}\` is \`strong\`: a copy in the process may be older than the last write`,
      label: 'leave `near` out, or use `session`',
      about: { kind: 'argument', name: 'near' },
    },
  ]
}

/** A write that went past Redis fenced nothing: whoever reads there sees what was before it. Who says so wants that. */
export const strongBypass: Rule = ({ policy, facts }) => {
  if (policy.strategy === 'none' || policy.consistency !== 'strong' || policy.onCacheDown !== 'bypass') return []
  return [
    {
      code: 'PC2253',
      message: `\`${facts.name}\` is \`strong\` only while Redis is up: others may read the old row after a write past it`,
      label: 'leave it out to have such writes refused',
      about: { kind: 'argument', name: 'onCacheDown' },
    },
  ]
}

/** Only writes of `strong` models are fenced before they reach Postgres, so none of its answers is cached. */
export const strongDependsOn: Rule = (entry, models: Models) => {
  const { policy, facts } = entry
  if (policy.strategy === 'none' || !isStrong(entry)) return []
  return policy.dependsOn
    .filter((name) => Object.hasOwn(models, name) && !isStrong(models[name]!))
    .map((item) => ({
      code: 'PC2254' as const,
      message: `\`${facts.name}\` is \`strong\` and depends on \`${item}\`, which is not: all its reads go to Postgres`,
      label:
        models[item]?.policy.strategy === 'writeBehind'
          ? 'use `session` here'
          : `make \`${item}\` \`strong\` too, or use \`session\` here`,
      about: { kind: 'argument' as const, name: 'dependsOn', item },
    }))
}
