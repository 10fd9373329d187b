import { listWords, type ModelEntry, nearest, type PolicySet } from '@prisma-cache/policy-dsl'
import { CliError } from '../cli-error.js'

/** @throws CliError PC6004 for a name that is none of the schema's models */
export function findModel(policies: PolicySet, name: string): ModelEntry {
  if (Object.hasOwn(policies.models, name)) return policies.models[name]!
  const names = Object.keys(policies.models)
  const near = nearest(name, names)
  const next = near === undefined ? `the models are ${listWords(names)}` : `did you mean \`${near}\`?`
  throw new CliError('PC6004', `the schema has no model \`${name}\``, next)
}
