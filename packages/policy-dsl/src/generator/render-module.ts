import type { PolicySet } from '../policy/policy-set.js'
import { renderLiteral } from './render-literal.js'

/** Where a generated module takes the type from: the package that the user installed, not this one below it. */
const runtimeModule = 'prisma-cache'

/** The module's text; the same set always gives the same bytes. */
export function renderModule(set: PolicySet): string {
  return `// Written by prisma-cache on \`prisma generate\`. Change the annotations in the Prisma schema, not this file.
import type { PolicySet } from '${runtimeModule}'

export const policies = ${renderLiteral(set)} as const satisfies PolicySet
`
}
