import type { Outcome, Recorded } from '../model/history.js'
import type { Operation, Row } from '../model/operations.js'
import type { CountOperation, SlotOperation } from '../model/slots.js'

/** Every write of a run as its caller saw it, in one order of events. */
export interface Record_ {
  readonly families: readonly (readonly Recorded[])[]
  readonly slots: readonly Recorded<SlotOperation, unknown>[]
  readonly owners: readonly Recorded<CountOperation, unknown>[]
  readonly wide: readonly Recorded<CountOperation, unknown>[]
  /** Everything, for whoever wants to read it. */
  lines(): string[]
}

export interface Recorder extends Record_ {
  next(): number
  family(family: number, operation: Operation, work: Promise<Outcome<Row>>): Promise<Outcome<Row>>
  slot(operation: SlotOperation, work: Promise<Outcome<unknown>>): Promise<unknown>
  owner(operation: CountOperation, work: Promise<Outcome<unknown>>): Promise<unknown>
  wideRow(operation: CountOperation, work: Promise<Outcome<unknown>>): Promise<unknown>
  note(text: string): void
  /** Outcomes so far, by kind. */
  count(kind: Outcome['kind']): number
}

export function createRecorder(families: number): Recorder {
  let clock = 0
  let numbers = 0
  const lines: string[] = []
  const kinds = new Map<string, number>()
  const histories = Array.from({ length: families }, (): Recorded[] => [])
  const slots: Recorded<SlotOperation, unknown>[] = []
  const owners: Recorded<CountOperation, unknown>[] = []
  const wide: Recorded<CountOperation, unknown>[] = []

  /** The call has been sent, and is in the history until its answer is known. */
  async function record<O, A>(
    into: Recorded<O, A>[],
    operation: O,
    work: Promise<Outcome<A>>,
    where: string,
  ): Promise<Outcome<A>> {
    const invoked = ++clock
    const at = into.length
    into.push({
      operation,
      invoked,
      returned: Number.POSITIVE_INFINITY,
      outcome: { kind: 'unknown', error: 'no answer' },
    })
    lines.push(`${invoked} > ${where} ${JSON.stringify(operation)}`)
    const outcome = await work
    const heard = ++clock
    kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1)
    into[at] = { operation, invoked, returned: outcome.kind === 'unknown' ? Number.POSITIVE_INFINITY : heard, outcome }
    lines.push(`${heard} < ${invoked} ${where} ${JSON.stringify(outcome, digits)}`)
    return outcome
  }

  return {
    families: histories,
    slots,
    owners,
    wide,
    lines: () => lines,
    next: () => ++numbers,
    family: (family, operation, work) => record(histories[family]!, operation, work, `family ${family}`),
    slot: (operation, work) => record(slots, operation, work, 'slot'),
    owner: (operation, work) => record(owners, operation, work, 'owner'),
    wideRow: (operation, work) => record(wide, operation, work, 'wide'),
    note(text) {
      lines.push(`${++clock} * ${text}`)
    },
    count: (kind) => kinds.get(kind) ?? 0,
  }
}

const digits = (_: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)
