import type { z } from 'zod'
import { codes, type Severity } from '../diagnostics/codes.js'
import { deepFreeze } from './deep-freeze.js'
import { findDisagreements } from './find-disagreements.js'
import { PolicyError, type PolicyProblem } from './policy-error.js'
import type { PolicySet } from './policy-set.js'
import { policySetSchema } from './policy-set-schema.js'
import { findBreaches } from './rules/find-breaches.js'
import type { About, Surroundings } from './rules/rule.js'

/**
 * The value as a frozen policy set.
 *
 * @throws PolicyError PC2301 with every place at which the value is not one.
 */
export function parsePolicySet(value: unknown): PolicySet {
  const parsed = policySetSchema.safeParse(value)
  if (!parsed.success) throw notAPolicySet(parsed.error.issues.map(toProblem))
  const set = parsed.data as PolicySet
  const problems = [...findDisagreements(set), ...brokenRules(set)]
  if (problems.length > 0) throw notAPolicySet(problems)
  return deepFreeze(set)
}

function notAPolicySet(problems: readonly PolicyProblem[]): PolicyError {
  return new PolicyError('PC2301', 'the value is not a policy set', problems)
}

function toProblem(issue: z.core.$ZodIssue): PolicyProblem {
  const path = issue.path.map(String).join('.')
  const next =
    path === 'formatVersion'
      ? 'run `prisma generate` with the installed version of prisma-cache'
      : 'pass the `policies` of the generated module, or what `definePolicies` made of them'
  return { code: 'PC2301', path, message: issue.message, next }
}

/**
 * What `prisma generate` prints of a policy set and goes on: each path is that of the model or of what is said of it, for
 * example `models.Session.policy.durability`.
 */
export function warningsOf(set: PolicySet): readonly PolicyProblem[] {
  return rulesAgainst(set, 'warning', placeInSet)
}

/** Errors of the whole-schema rules; `placeOf` says where in the value one is. */
export function brokenRules(
  set: PolicySet,
  placeOf = placeInSet,
  surroundings: Partial<Surroundings> = {},
): PolicyProblem[] {
  return rulesAgainst(set, 'error', placeOf, surroundings)
}

export function rulesAgainst(
  set: PolicySet,
  severity: Severity,
  placeOf: typeof placeInSet,
  surroundings: Partial<Surroundings> = {},
): PolicyProblem[] {
  return findBreaches(set.models, surroundings)
    .filter(({ finding }) => codes[finding.code].severity === severity)
    .map(({ model, finding: { code, message, label, about } }) => {
      return { code, path: placeOf(model, about), message, next: label }
    })
}

function placeInSet(model: string, about: About | undefined): string {
  if (about?.kind === 'argument') return `models.${model}.policy.${about.name}`
  return about ? `models.${model}.fieldPolicies.${about.word}` : `models.${model}`
}
