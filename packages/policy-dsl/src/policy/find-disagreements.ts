import type { PolicyProblem } from './policy-error.js'
import type { ModelFacts, PolicySet } from './policy-set.js'

const generateAgain = 'run `prisma generate` again instead of editing the generated file'

/** Names that must exist elsewhere in the set and do not: a planner would trip over them at the first operation. */
export function findDisagreements(set: PolicySet): PolicyProblem[] {
  return Object.entries(set.models).flatMap(([key, { facts }]) =>
    missingNames(set, key, facts).map(([path, message]) => ({
      code: 'PC2301' as const,
      path: `models.${key}.facts.${path}`,
      message,
      next: generateAgain,
    })),
  )
}

function missingNames(set: PolicySet, key: string, facts: ModelFacts): [path: string, message: string][] {
  const own = new Set(facts.fields.map((field) => field.name))
  const found: [string, string][] = []
  if (facts.name !== key) found.push(['name', `stands under \`${key}\` but is named \`${facts.name}\``])
  for (const unique of [facts.primaryKey, ...facts.uniques]) {
    for (const field of unique?.fields ?? []) {
      if (!own.has(field)) found.push([unique === facts.primaryKey ? 'primaryKey' : 'uniques', `no field \`${field}\``])
    }
  }
  for (const { name, enumName } of facts.fields) {
    if (enumName !== undefined && !Object.hasOwn(set.enums, enumName)) {
      found.push([`fields.${name}`, `no enum \`${enumName}\``])
    }
  }
  for (const { name, model, from } of facts.relations) {
    if (!Object.hasOwn(set.models, model)) found.push([`relations.${name}`, `no model \`${model}\``])
    for (const field of from) if (!own.has(field)) found.push([`relations.${name}`, `no field \`${field}\``])
  }
  return found
}
