import type { Code } from '../diagnostics/codes.js'

/** One mistake in a value that a program made, as against one in a schema. */
export interface PolicyProblem {
  readonly code: Code
  /** Where in the value, for example `models.Session.policy.ttl`. */
  readonly path: string
  readonly message: string
  /** The nearest thing that would be right. */
  readonly next: string
}

/** Thrown by `parsePolicySet` (PC2301) and `definePolicies` (PC2302); holds every mistake, not only the first. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'

  constructor(
    readonly code: Code,
    message: string,
    readonly problems: readonly PolicyProblem[],
  ) {
    super([`${code}: ${message}`, ...problems.map(formatProblem)].join('\n'))
  }
}

function formatProblem({ code, path, message, next }: PolicyProblem): string {
  return `  ${path || 'value'}: ${message} [${code}]\n    ${next}`
}
