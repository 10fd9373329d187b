import type { Recorded } from '../model/history.js'
import type { CountOperation } from '../model/slots.js'
import type { Fault } from './check-family.js'

/** Of rows that are created once and counted up: there if acknowledged, and counted as often as was acknowledged. */
export function checkCounts(
  model: string,
  history: readonly Recorded<CountOperation, unknown>[],
  final: ReadonlyMap<string, number>,
): Fault[] {
  const faults: Fault[] = []
  for (const create of history.filter(({ operation }) => operation.kind === 'create')) {
    const { id } = create.operation
    const increments = history.filter(({ operation }) => operation.kind === 'increment' && operation.id === id)
    const least = increments.filter(({ outcome }) => outcome.kind === 'acknowledged').length
    const most = least + increments.filter(({ outcome }) => outcome.kind === 'unknown').length
    const count = final.get(id)
    const name = `${model} ${id}`
    if (count === undefined) {
      if (create.outcome.kind === 'acknowledged' || least > 0) faults.push({ kind: 'lost', text: `${name} is missing` })
    } else if (create.outcome.kind === 'failed' || create.outcome.kind === 'refused') {
      faults.push({ kind: 'torn', text: `${name} is there, and its create failed` })
    } else if (count < least) {
      faults.push({ kind: 'lost', text: `${name} counts ${count}, and ${least} increments were acknowledged` })
    } else if (count > most) {
      faults.push({ kind: 'doubled', text: `${name} counts ${count}, and ${most} increments at most were made` })
    }
  }
  return faults
}
