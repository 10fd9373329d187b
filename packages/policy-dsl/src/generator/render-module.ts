import type { PolicySet } from '../policy/policy-set.js'
import { renderLiteral } from './render-literal.js'

/** Where a generated module takes the type from: the package that the user installed, not this one below it. */
const runtimeModule = 'prisma-cache'

/** By it a module of ours is known again. */
export const firstLine =
  '// Written by prisma-cache on `prisma generate`. Change the annotations in the Prisma schema, not this file.'

/**
 * The module's text; the same set always gives the same bytes. It imports a type and nothing else, so ES modules and CommonJS
 * take it alike; a CommonJS file has to say that the type comes from an ES module.
 */
export function renderModule(set: PolicySet, { mayBeCommonJs }: { readonly mayBeCommonJs: boolean }): string {
  const mode = mayBeCommonJs ? " with { 'resolution-mode': 'import' }" : ''
  return `${firstLine}
/* eslint-disable */
// biome-ignore-all lint: generated file
import type { PolicySet } from '${runtimeModule}'${mode}

export const policies = ${renderLiteral(set)} as const satisfies PolicySet
`
}
