import type { Random } from '../../random.js'
import type { Outcome } from '../model/history.js'
import { MOST_DIGITS, type Operation, otherKey } from '../model/operations.js'
import { type Belief, drawOperation } from '../plan/plan.js'
import { callOf, type FamilyPlace, familyOutcomeOf, outcomeOf, placeOf } from './calls.js'
import type { Child } from './child.js'
import type { Recorder } from './record.js'

/** Writes of one run, drawn one by one and sent by whoever has a hand free. */
export interface Traffic {
  readonly places: readonly FamilyPlace[]
  /** Sends one write through the child; resolves when its caller knows as much as it will, to whether it was taken. */
  write(child: Child): Promise<boolean>
  /** Hundreds of rows at once. */
  writeWide(children: readonly Child[], rows: number): Promise<void>
}

export interface TrafficOptions {
  readonly run: string
  readonly families: number
  readonly random: Random
  readonly recorder: Recorder
}

const LABELS = 12
const CONTENDS = 0.3

export function createTraffic({ run, families, random, recorder }: TrafficOptions): Traffic {
  const places = Array.from({ length: families }, (_, i) => placeOf(run, i))
  /** Writes under way, by family, by child. */
  const busy = places.map(() => new Set<Child>())
  /** Families that are being written past the queue: what others write of them meanwhile must wait or go the same way. */
  const past = new Set<number>()
  const beliefs = places.map((): [boolean | undefined, boolean | undefined] => [false, false])
  const owners: string[] = []
  const slots: { readonly id: string; readonly by: Child; free: boolean }[] = []

  async function writeFamily(child: Child, family: number): Promise<boolean> {
    const digit = recorder.families[family]!.length
    const operation = drawOperation(random, recorder.next(), digit, beliefs[family] as Belief)
    busy[family]!.add(child)
    if (operation.past) past.add(family)
    const { model, operation: name, args, way } = callOf(places[family]!, operation)
    const work = child.call(model, name, args, way).then(familyOutcomeOf)
    const outcome = await recorder.family(family, operation, work)
    busy[family]!.delete(child)
    if (operation.past) past.delete(family)
    learn(beliefs[family]!, operation, outcome)
    return isTaken(outcome)
  }

  async function writeSlot(child: Child): Promise<boolean> {
    const number = recorder.next()
    const own = slots.find((slot) => slot.free && slot.by === child)
    if (own && random.chance(0.4)) {
      own.free = false
      const data = { note: `n${number}` }
      const work = send(child, 'Slot', 'update', { where: { id: own.id }, data })
      await recorder.slot({ kind: 'note', number, id: own.id }, work)
      own.free = true
      return isTaken(await work)
    }
    const slot = {
      id: `${run}-s${number}`,
      label: `${run}-${random.below(random.chance(0.5) ? LABELS : 10_000)}`,
      size: random.chance(0.2) ? -1 : random.below(9),
      ownerId: random.chance(0.4) ? (random.chance(0.25) ? `${run}-nobody` : (owners.at(-1) ?? null)) : null,
    }
    const entry = { id: slot.id, by: child, free: false }
    slots.push(entry)
    const work = send(child, 'Slot', 'create', { data: slot })
    await recorder.slot({ kind: 'create', number, ...slot }, work)
    entry.free = true
    return isTaken(await work)
  }

  async function writeOwner(child: Child): Promise<boolean> {
    const number = recorder.next()
    const id = `${run}-o${number}`
    const work = send(child, 'Owner', 'create', { data: { id } })
    await recorder.owner({ kind: 'create', number, id }, work)
    const outcome = await work
    if (outcome.kind === 'acknowledged') owners.push(id)
    return isTaken(outcome)
  }

  return {
    places,
    async write(child) {
      if (random.chance(0.22)) return await writeSlot(child)
      if (random.chance(0.07)) return await writeOwner(child)
      const free = places
        .map((_, family) => family)
        .filter((f) => !busy[f]!.has(child) && recorder.families[f]!.length < MOST_DIGITS)
      if (free.length === 0) return await writeSlot(child)
      const contended = free.filter((family) => past.has(family))
      const from = contended.length > 0 && random.chance(CONTENDS) ? contended : free
      return await writeFamily(child, random.pick(from))
    },
    async writeWide(children, rows) {
      await Promise.all(
        Array.from({ length: rows }, async (_, i) => {
          const child = children[i % children.length]!
          const id = `${run}-w${i}`
          const create = send(child, 'Wide', 'create', { data: { id } })
          await recorder.wideRow({ kind: 'create', number: recorder.next(), id }, create)
          if (i % 3 !== 0) return
          const increment = send(child, 'Wide', 'update', { where: { id }, data: { count: { increment: 1 } } })
          await recorder.wideRow({ kind: 'increment', number: recorder.next(), id }, increment)
        }),
      )
    },
  }
}

async function send(child: Child, model: string, operation: string, args: unknown): Promise<Outcome<unknown>> {
  return outcomeOf(await child.call(model, operation, args), (value) => value)
}

const isTaken = (outcome: Outcome<unknown>): boolean => outcome.kind !== 'refused'

function learn(belief: [boolean | undefined, boolean | undefined], operation: Operation, outcome: Outcome): void {
  const { kind, key } = operation
  if (outcome.kind === 'failed') belief[key] = outcome.code === 'P2002'
  else if (outcome.kind !== 'acknowledged') belief[key] = undefined
  else if (kind === 'move') [belief[key], belief[otherKey(key)]] = [false, true]
  else belief[key] = kind !== 'delete'
}
