import type { WritePlan } from '../planner/write-plan.js'
import { isNotFound, isValidationError } from './outcome.js'

export interface Written {
  /** The plan that was carried out. */
  readonly plan: WritePlan
  /** What Prisma returned, by which the plan tells what was touched. */
  readonly result: unknown
  readonly answer: unknown
  /** Is `result` the whole row that the plan asked for? */
  readonly planned: boolean
}

/**
 * Runs a write with the plan's arguments. Where Prisma finds fault with them, it gets the caller's own: nothing was
 * sent yet, its error is then about what the caller wrote, and an extension nearer to the database that cannot live
 * with a widened selection gets what it expects.
 */
export async function runPlanned(plan: WritePlan, run: (args: unknown) => Promise<unknown>): Promise<Written> {
  if (plan.guarded) {
    try {
      const written = await runOnce(plan.guarded, [], run)
      // Else an extension nearer to the database has made an answer of the error.
      if (written.result !== null && typeof written.result === 'object') return written
    } catch (error) {
      // The row was not what it was believed to be, or is not there: nothing was written.
      if (!isNotFound(error) && !isValidationError(error)) throw error
    }
  }
  return await runOnce(
    plan,
    [plan.original, plan.written].filter((args) => args !== undefined),
    run,
  )
}

async function runOnce(
  plan: WritePlan,
  others: readonly unknown[],
  run: (args: unknown) => Promise<unknown>,
): Promise<Written> {
  try {
    const result = await run(plan.args)
    return { plan, result, answer: plan.answer(result), planned: true }
  } catch (error) {
    if (!isValidationError(error) || others.length === 0) throw error
    const result = await runFirst(others, run)
    return { plan, result, answer: result, planned: false }
  }
}

async function runFirst(
  [args, ...others]: readonly unknown[],
  run: (args: unknown) => Promise<unknown>,
): Promise<unknown> {
  try {
    return await run(args)
  } catch (error) {
    if (!isValidationError(error) || others.length === 0) throw error
    return await runFirst(others, run)
  }
}
