import { createRandom, type Random } from '../../random.js'
import { groupBy } from '../history/op.js'
import { BUCKETS, REGISTER_MODELS, type Register, SLOTS } from '../models.js'
import type { Asker, Calls } from './calls.js'
import type { ClientSettings, Focus, FromClient, Handoff } from './messages.js'
import type { Client } from './open-client.js'
import { createReads } from './reads.js'
import type { Recorder } from './recorder.js'
import { createWrites } from './writes.js'

export interface ActorParts {
  readonly settings: ClientSettings
  readonly client: Client
  readonly calls: Calls
  readonly recorder: Recorder
  readonly random: Random
  /** Sessions that came from other processes. */
  readonly inbox: Handoff[]
  readonly send: (message: FromClient) => void
  readonly newSession: () => string
  readonly clientSession: string
  /** Nothing is begun before it resolves. */
  rest(): Promise<void> | undefined
  stopping(): boolean
}

type Segment = Pick<Handoff, 'model' | 'generation' | 'focus'>

/** One caller among several of a process: a session, a few operations in it, and the next. */
export async function act(parts: ActorParts): Promise<void> {
  const { settings, client, calls, recorder, random, inbox, send, stopping } = parts
  const reads = createReads(calls, random)
  const writes = createWrites(calls, random, client)

  /** @param first what it is about, where it has been about something before */
  async function segment(asker: Asker, { model, generation, focus: first }: Segment): Promise<Focus | undefined> {
    const isOver = () => !recorder.isOpen(generation) || stopping()
    // Most of a session is about one row: what it has seen there is what it could lose sight of.
    const focus = first ?? { bucket: random.below(BUCKETS), slot: random.below(SLOTS) }
    if (first && !isOver())
      await reads.any(asker, client.model(model), { model, generation, ...first }, { atMost: 1, isOver })
    for (let left = 4 + random.below(12); left > 0 && !isOver(); left--) {
      const place = random.chance(0.7) ? focus : { bucket: random.below(BUCKETS), slot: random.below(SLOTS) }
      const register: Register = { model, generation, ...place }
      if (random.chance(isBusy(register, recorder.now()) ? 0.85 : 0.03)) {
        await writes.any(asker, client.model(model), register)
        // Whoever has written often goes on elsewhere.
        if (random.chance(0.15)) return place
      } else await reads.any(asker, client.model(model), register, { atMost: 4, isOver })
    }
    return undefined
  }

  async function session(handoff: Handoff): Promise<void> {
    const asker: Asker = { session: handoff.session, order: handoff.order }
    let focus: Focus | undefined
    const token = await client.session(handoff.token || undefined, async () => {
      focus = await segment(asker, handoff)
    })
    if (!(focus || random.chance(0.6)) || !recorder.isOpen(handoff.generation) || stopping()) return
    const to = (settings.slot + 1 + random.below(settings.slots - 1)) % settings.slots
    const { focus: _, ...rest } = handoff
    send({ kind: 'pass', to, handoff: { ...rest, token, order: asker.order, ...(focus ? { focus } : {}) } })
  }

  while (!stopping()) {
    const rest = parts.rest()
    await rest
    // Those from elsewhere look elsewhere first: after a rest it is the others' turn.
    const handed = rest ? undefined : inbox.shift()
    if (handed) {
      if (recorder.isOpen(handed.generation)) await session(handed)
      continue
    }
    const generation = recorder.generation()
    const model = random.pick(modelsOf(settings, generation))
    if (random.chance(0.6)) await session({ token: '', session: parts.newSession(), order: 0, model, generation })
    else await segment({ session: parts.clientSession, order: 0 }, { model, generation })
  }
}

/** Writers come in crowds, and then leave a row alone: what they left behind shows when nobody mends it at once. */
function isBusy({ generation, bucket, slot }: Register, nowUs: number): boolean {
  // Moments are of different length: what is to be old must have been left alone for a while.
  const moment = Math.floor(nowUs / (300_000 + 300_000 * (generation % 4)))
  return createRandom(((generation * BUCKETS + bucket) * SLOTS + slot) * 65_537 + moment).chance(0.3)
}

/** Few at a time, so that callers meet: of each class one, the same in every process. */
function modelsOf({ seed, models }: ClientSettings, generation: number): string[] {
  const random = createRandom((seed + 1) * 7919 + generation)
  const chosen = REGISTER_MODELS.filter(({ name }) => models.includes(name))
  return [...groupBy(chosen, ({ terms }) => terms.consistency).values()].map((own) => random.pick(own).name)
}
