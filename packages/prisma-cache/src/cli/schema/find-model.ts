import { listWords, type MappedBlock, type ModelEntry, nearest, type PolicySet } from '@prisma-cache/policy-dsl'
import { CliError } from '../cli-error.js'

/**
 * `blocks` of the schema tell a model that Prisma Client ignores from one that is not there.
 *
 * @throws CliError PC6004 for a name that is none of the client's models
 */
export function findModel(policies: PolicySet, name: string, blocks: readonly MappedBlock[] = []): ModelEntry {
  if (Object.hasOwn(policies.models, name)) return policies.models[name]!
  if (blocks.some((block) => block.name === name && (block.keyword === 'model' || block.keyword === 'view'))) {
    const message = `\`${name}\` is \`@@ignore\`d: Prisma Client has no such model`
    throw new CliError('PC6004', message, 'its rows are neither cached nor seen; without `@@ignore` they can be')
  }
  const names = Object.keys(policies.models)
  const near = nearest(name, names)
  const next = near === undefined ? `the models are ${listWords(names)}` : `did you mean \`${near}\`?`
  throw new CliError('PC6004', `the schema has no model \`${name}\``, next)
}
