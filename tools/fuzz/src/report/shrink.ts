import type { Operation, Racing, Step } from '../operation.js'

/** Does a log still go wrong? */
export type StillFails = (log: readonly Operation[]) => Promise<boolean>

export interface ShrinkOptions {
  readonly stillFails: StillFails
  /** No new attempt begins after this time. */
  readonly until: number
}

/** The shortest log found that still goes wrong: operations are dropped, then steps of what remains. */
export async function shrink(log: readonly Operation[], options: ShrinkOptions): Promise<readonly Operation[]> {
  let shortest = await dropItems(log, options)
  for (let index = 0; index < shortest.length; index++) {
    const operation = shortest[index]!
    const steps = stepsOf(operation)
    if (!steps || steps.length < 2) continue
    const at = index
    const whole = shortest
    const withSteps = (some: readonly Part[]) => whole.with(at, replaceSteps(operation, some))
    const fewer = await dropItems(steps, {
      ...options,
      stillFails: async (some) => some.length > 0 && (await options.stillFails(withSteps(some as Part[]))),
    } as DropOptions<Part>)
    shortest = withSteps(fewer)
  }
  return shortest
}

interface DropOptions<T> {
  readonly stillFails: (items: readonly T[]) => Promise<boolean>
  readonly until: number
}

/** Delta debugging: ever smaller parts are left out, as long as what remains still fails. */
async function dropItems<T>(items: readonly T[], { stillFails, until }: DropOptions<T>): Promise<readonly T[]> {
  let kept = items
  let size = Math.ceil(kept.length / 2)
  while (size >= 1) {
    let dropped = false
    for (let from = 0; from < kept.length && Date.now() < until; ) {
      const rest = [...kept.slice(0, from), ...kept.slice(from + size)]
      if (rest.length > 0 && (await stillFails(rest))) {
        kept = rest
        dropped = true
      } else from += size
    }
    if (Date.now() >= until) return kept
    if (size === 1 && !dropped) break
    size = size === 1 ? 1 : Math.ceil(size / 2)
  }
  return kept
}

type Part = Step | Racing

function stepsOf(operation: Operation): readonly Part[] | undefined {
  if (operation.kind === 'together') return operation.calls
  if (operation.kind === 'race' || operation.kind === 'outage') return operation.members
  return operation.kind === 'array' || operation.kind === 'interactive' ? operation.steps : undefined
}

function replaceSteps(operation: Operation, steps: readonly Part[]): Operation {
  if (operation.kind === 'race' || operation.kind === 'outage') return { ...operation, members: steps } as Operation
  return (operation.kind === 'together' ? { ...operation, calls: steps } : { ...operation, steps }) as Operation
}
