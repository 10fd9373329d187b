import { isCovered, type Recorded, type Rejection } from '../model/history.js'
import type { SlotOperation, SlotRow } from '../model/slots.js'
import type { Fault, FaultKind } from './check-family.js'

export interface SlotHistories {
  readonly slots: readonly Recorded<SlotOperation, unknown>[]
  /** Creates of rows that slots refer to. */
  readonly owners: readonly Recorded<{ readonly id: string }, unknown>[]
  /** Of slots. */
  readonly rejections: readonly Rejection[]
  readonly final: readonly SlotRow[]
  readonly finalOwners: readonly string[]
  /** Rows that `$cache.status` calls rejected. */
  readonly reported: ReadonlySet<string>
}

type Create = Recorded<Extract<SlotOperation, { kind: 'create' }>, unknown>

/** Each acknowledged write is in Postgres, or reported as rejected for a reason that holds; never both, never neither. */
export function checkSlots(all: SlotHistories): Fault[] {
  const standing = new Map(all.final.map((row) => [row.id, row]))
  const faults: Fault[] = []
  const creates = all.slots.filter((one): one is Create => one.operation.kind === 'create')
  for (const create of creates) {
    const { id } = create.operation
    const notes = all.slots.filter(({ operation }) => operation.kind === 'note' && operation.id === id)
    const rejections = all.rejections.filter(({ row }) => row === id)
    const fault = (kind: FaultKind, text: string) => void faults.push({ kind, text: `slot ${id}: ${text}` })
    checkReports(rejections, fault)
    const row = standing.get(id)
    if (row) checkStanding(row, create, notes, rejections, fault)
    else checkAbsent(create, notes, rejections, all, fault)
  }
  return faults
}

function checkReports(rejections: readonly Rejection[], fault: (kind: FaultKind, text: string) => void): void {
  const names = rejections.map(({ first }) => first)
  if (new Set(names).size < names.length) fault('rejection', `reported twice as rejected: ${names.join()}`)
}

function checkStanding(
  row: SlotRow,
  { operation, outcome }: Create,
  notes: readonly Recorded<SlotOperation, unknown>[],
  rejections: readonly Rejection[],
  fault: (kind: FaultKind, text: string) => void,
): void {
  const sequence = outcome.kind === 'acknowledged' ? outcome.sequence : undefined
  if (rejections.some((one) => isCovered(one, sequence))) fault('rejection', 'reported as rejected, and in Postgres')
  if (outcome.kind === 'failed' || outcome.kind === 'refused') fault('torn', 'in Postgres, and its create failed')
  if (row.label !== operation.label || row.size !== operation.size || row.ownerId !== operation.ownerId) {
    fault('torn', `Postgres has ${JSON.stringify(row)}, not ${JSON.stringify(operation)}`)
  }
  const lasting = notes.filter(
    (one) =>
      (one.outcome.kind === 'acknowledged' && !rejections.some((r) => isCovered(r, sequenceOf(one)))) ||
      one.outcome.kind === 'unknown',
  )
  const last = lasting.findLastIndex(({ outcome }) => outcome.kind === 'acknowledged')
  const allowed = lasting.slice(Math.max(0, last)).map(({ operation }) => `n${operation.number}`)
  if (last < 0) allowed.push('none')
  if (!allowed.includes(row.note)) fault('lost', `its note is ${row.note}, not ${allowed.join(' or ')}`)
}

function checkAbsent(
  create: Create,
  notes: readonly Recorded<SlotOperation, unknown>[],
  rejections: readonly Rejection[],
  all: SlotHistories,
  fault: (kind: FaultKind, text: string) => void,
): void {
  const { operation } = create
  for (const one of [create, ...notes]) {
    if (one.outcome.kind !== 'acknowledged') continue
    const rejection = rejections.find((r) => isCovered(r, sequenceOf(one)))
    const what = `acknowledged ${one.operation.kind} ${one.operation.number}`
    if (!rejection) fault('lost', `${what} is neither in Postgres nor reported as rejected`)
    else if (!all.reported.has(operation.id)) fault('rejection', `${what} was rejected, and its status does not say so`)
    if (rejection && one === create) {
      const wrong = wrongReason(create, rejection, all)
      if (wrong) fault('rejection', `${what} was rejected (${rejection.error}), but ${wrong}`)
    }
  }
}

/** What speaks against the reason that a create was rejected for; undefined when it holds. */
function wrongReason({ operation, invoked }: Create, { sqlState }: Rejection, all: SlotHistories): string | undefined {
  const { label, size, ownerId } = operation
  switch (sqlState) {
    case '23505':
      return all.final.some((row) => row.label === label) ? undefined : `nobody has the label ${label}`
    case '23514':
      return size < 0 ? undefined : `its size ${size} is fine`
    case '23503': {
      const owner = all.owners.find((one) => one.operation.id === ownerId)
      if (owner?.outcome.kind === 'acknowledged' && owner.returned < invoked) {
        return `its owner ${ownerId} was acknowledged before${all.finalOwners.includes(ownerId!) ? '' : ', and is not there'}`
      }
      return undefined
    }
    default:
      return `of a create nobody expects ${sqlState ?? 'no SQLSTATE'}`
  }
}

function sequenceOf({ outcome }: Recorded<SlotOperation, unknown>): number | undefined {
  return outcome.kind === 'acknowledged' ? outcome.sequence : undefined
}
