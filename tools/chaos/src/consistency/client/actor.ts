import { createRandom, type Random } from '../../random.js'
import { groupBy } from '../history/op.js'
import { BUCKETS, REGISTER_MODELS, type Register, SLOTS } from '../models.js'
import type { Asker, Calls } from './calls.js'
import type { ClientSettings, FromClient, Handoff } from './messages.js'
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
  stopping(): boolean
}

/** One caller among several of a process: a session, a few operations in it, and the next. */
export async function act(parts: ActorParts): Promise<void> {
  const { settings, client, calls, recorder, random, inbox, send, stopping } = parts
  const reads = createReads(calls, random)
  const writes = createWrites(calls, random, client)

  async function segment(asker: Asker, model: string, generation: number): Promise<void> {
    const isOver = () => !recorder.isOpen(generation) || stopping()
    // Most of a session is about one row: what it has seen there is what it could lose sight of.
    const focus = { bucket: random.below(BUCKETS), slot: random.below(SLOTS) }
    for (let left = 4 + random.below(12); left > 0 && !isOver(); left--) {
      const place = random.chance(0.7) ? focus : { bucket: random.below(BUCKETS), slot: random.below(SLOTS) }
      const register: Register = { model, generation, ...place }
      if (random.chance(isBusy(register, recorder.now()) ? 0.85 : 0.15))
        await writes.any(asker, client.model(model), register)
      else await reads.any(asker, client.model(model), register, { atMost: 5, isOver })
    }
  }

  async function session(handoff: Handoff): Promise<void> {
    const { model, generation } = handoff
    const asker: Asker = { session: handoff.session, order: handoff.order }
    const token = await client.session(handoff.token || undefined, () => segment(asker, model, generation))
    if (!random.chance(0.6) || !recorder.isOpen(generation) || stopping()) return
    const to = (settings.slot + 1 + random.below(settings.slots - 1)) % settings.slots
    send({ kind: 'pass', to, handoff: { ...handoff, token, order: asker.order } })
  }

  while (!stopping()) {
    const handed = inbox.shift()
    if (handed) {
      if (recorder.isOpen(handed.generation)) await session(handed)
      continue
    }
    const generation = recorder.generation()
    const model = random.pick(modelsOf(settings, generation))
    if (random.chance(0.6)) await session({ token: '', session: parts.newSession(), order: 0, model, generation })
    else await segment({ session: parts.clientSession, order: 0 }, model, generation)
  }
}

/** Writers come in crowds, and then leave a row alone: what they left behind shows when nobody mends it at once. */
function isBusy({ generation, bucket, slot }: Register, nowUs: number): boolean {
  const moment = Math.floor(nowUs / 400_000)
  return createRandom(((generation * BUCKETS + bucket) * SLOTS + slot) * 65_537 + moment).chance(0.3)
}

/** Few at a time, so that callers meet: of each class one, the same in every process. */
function modelsOf({ seed, models }: ClientSettings, generation: number): string[] {
  const random = createRandom((seed + 1) * 7919 + generation)
  const chosen = REGISTER_MODELS.filter(({ name }) => models.includes(name))
  return [...groupBy(chosen, ({ terms }) => terms.consistency).values()].map((own) => random.pick(own).name)
}
