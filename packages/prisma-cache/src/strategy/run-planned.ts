import type { WritePlan } from '../planner/write-plan.js'
import { isValidationError } from './outcome.js'

export interface Written {
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
  try {
    const result = await run(plan.args)
    return { result, answer: plan.answer(result), planned: true }
  } catch (error) {
    const others = [plan.original, plan.written].filter((args) => args !== undefined)
    if (!isValidationError(error) || others.length === 0) throw error
    const result = await runFirst(others, run)
    return { result, answer: result, planned: false }
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
