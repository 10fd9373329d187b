import { checkGeneration } from '../check/check-generation.js'
import { type Exceptions, noExceptions, type Violation } from '../check/verdict.js'
import type { Op } from '../history/op.js'

/** Puts together what the processes tell, and checks each generation when all of them are done with it. */
export interface Collector {
  done(slot: number, generation: number, ops: readonly Op[]): void
  /** The last words of a process that was killed, of whatever generations. */
  lastWords(ops: readonly Op[]): void
  stopped(slot: number): void
  readonly violations: readonly Violation[]
  readonly exceptions: Exceptions
  /** Operations that were checked: of a list one for each row. */
  readonly checked: number
}

export function createCollector(slots: number): Collector {
  const doneUpTo = Array.from({ length: slots }, () => -1)
  const generations = new Map<number, Op[]>()
  const violations: Violation[] = []
  const exceptions = noExceptions()
  let checked = 0

  function add(generation: number, ops: readonly Op[]): void {
    const known = generations.get(generation)
    if (known) known.push(...ops)
    else generations.set(generation, [...ops])
  }

  function check(): void {
    const until = Math.min(...doneUpTo)
    for (const [generation, ops] of generations) {
      if (generation > until) continue
      generations.delete(generation)
      const verdict = checkGeneration(ops)
      checked += ops.length
      violations.push(...verdict.violations)
      exceptions.unacknowledged += verdict.exceptions.unacknowledged
      exceptions.owed += verdict.exceptions.owed
    }
  }

  return {
    violations,
    exceptions,
    get checked() {
      return checked
    },
    done(slot, generation, ops) {
      add(generation, ops)
      doneUpTo[slot] = Math.max(doneUpTo[slot]!, generation)
      check()
    },
    lastWords(ops) {
      for (const op of ops) add(Number(op.key.split('/', 2)[1]), [op])
    },
    stopped(slot) {
      doneUpTo[slot] = Number.POSITIVE_INFINITY
      check()
    },
  }
}
