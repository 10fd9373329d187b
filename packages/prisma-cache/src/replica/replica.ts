import { messageOf } from '../errors/message-of.js'
import type { EventBus, Events } from '../events/events.js'
import { isAtOrPast, type Position } from '../protocol/position.js'
import type { Primary } from './primary.js'
import { readStandby, type SqlClient, STANDBY_STATE, type StandbyState } from './server-state.js'
import { shared, within } from './shared.js'

/** A client of one standby. */
export interface ReplicaClient extends SqlClient {
  $transaction(statements: readonly PromiseLike<unknown>[]): Promise<unknown[]>
}

/** What is to be asked; made of the replica's own client. */
export type Question = (client: ReplicaClient) => PromiseLike<unknown>

export interface Asked {
  readonly value: unknown
  /** Of before the statement, on the very connection: `value` shows everything up to here. */
  readonly position: Position
}

export type ReplicaStatus = 'up' | 'down' | 'refused'

export interface Replica {
  readonly name: string
  status(): ReplicaStatus
  /** As last heard. A hint where to ask, and no more: only what `ask` says counts. */
  known(): Position | undefined
  inFlight(): number
  /** Undefined: it did not answer, or is no replica of this primary any more. Never rejects. */
  ask(question: Question): Promise<Asked | undefined>
  /** Has it replayed past `need` by then? Never rejects. */
  reaches(need: Position, deadline: number): Promise<boolean>
  /** Looks how it is, beside, where that is not known or may have changed. */
  look(): void
  /** Resolves when it was looked at once. */
  ready(): Promise<unknown>
  close(): void
}

export interface ReplicaParts {
  readonly name: string
  readonly client: ReplicaClient
  readonly primary: Primary
  readonly events: EventBus
}

const ANSWERS_WITHIN_MS = 2000
/** Between two looks at one that somebody waits for. */
const LOOK_EVERY_MS = 2
/** Between two looks at one that nobody waits for. */
const LOOK_AGAIN_MS = 50
/** An answer that takes longer makes one look whether there still is a server. */
const SLOW_MS = 1000
/** How long one that does not answer is left alone: doubled with every failure in a row. */
const AWAY_MS = { min: 500, max: 30_000 }
const FAILURES_TO_BREAK = 2

export function createReplica({ name, client, primary, events }: ReplicaParts): Replica {
  let known: Position | undefined
  let status: ReplicaStatus = 'down'
  let told: string | undefined
  let away = 0
  let leftAloneUntil = 0
  let lookedAt = -Infinity
  let failures = 0
  let first: Promise<unknown> | undefined
  let inFlight = 0
  const waiting = new Set<(error: Error) => void>()

  function tell(state: ReplicaStatus, about?: Pick<Events['replica'], 'reason' | 'cause'>): void {
    status = state
    const line = `${state} ${about?.reason ?? ''}`
    if (line === told) return
    told = line
    events.emit('replica', { replica: name, state, ...about })
  }

  function leave(state: 'down' | 'refused', about: Pick<Events['replica'], 'reason' | 'cause'>): void {
    known = undefined
    away = Math.min(AWAY_MS.max, Math.max(AWAY_MS.min, away * 2))
    leftAloneUntil = performance.now() + away
    tell(state, about)
    for (const lose of [...waiting]) lose(new Error(`replica ${name} is ${state}`))
  }

  /** Undefined: what it says may not be used. */
  async function heard(state: StandbyState): Promise<Position | undefined> {
    const identity = primary.identity() ?? ((await primary.now()) && primary.identity())
    const reason = !state.standby
      ? 'not-a-standby'
      : identity !== undefined && state.identity !== identity
        ? 'another-database'
        : !state.readCommitted
          ? 'isolation'
          : undefined
    if (reason) {
      leave('refused', { reason })
      return undefined
    }
    if (identity === undefined) return undefined // nobody can say whose replica it is
    failures = 0
    away = 0
    known = state.position
    tell('up')
    return state.position
  }

  function failed(cause: unknown, certain: boolean): void {
    if (certain || ++failures >= FAILURES_TO_BREAK) leave('down', { cause, reason: 'no-answer' })
  }

  const lookNow = shared(async () => {
    lookedAt = performance.now()
    try {
      const asked = Promise.resolve(client.$queryRawUnsafe(STANDBY_STATE))
      await heard(readStandby(await within(ANSWERS_WITHIN_MS, asked, `replica ${name}`)))
    } catch (cause) {
      failed(cause, true)
    }
  })

  function look(): void {
    const at = performance.now()
    if (at < leftAloneUntil || at - lookedAt < LOOK_AGAIN_MS) return
    void lookNow()
  }

  async function asked(question: Question): Promise<Asked | undefined> {
    const [state, value] = await client.$transaction([client.$queryRawUnsafe(STANDBY_STATE), question(client)])
    const position = await heard(readStandby(state))
    return position === undefined ? undefined : { value, position }
  }

  return {
    name,
    status: () => status,
    known: () => known,
    inFlight: () => inFlight,
    look,
    ready: () => (first ??= lookNow()),
    async ask(question) {
      inFlight++
      let lose: (error: Error) => void = () => {}
      const lost = new Promise<never>((_, reject) => {
        lose = reject
      })
      lost.catch(() => {})
      waiting.add(lose)
      const slow = setInterval(() => void lookNow(), SLOW_MS)
      slow.unref()
      try {
        return await Promise.race([asked(question), lost])
      } catch (error) {
        // The question's own fault, or a conflict with the replay: the primary is asked, and says the same or better.
        if (!isOfTheQuestion(error)) failed(error, false)
        return undefined
      } finally {
        clearInterval(slow)
        waiting.delete(lose)
        inFlight--
      }
    },
    async reaches(need, deadline) {
      while (status === 'up') {
        if (known && isAtOrPast(known, need)) return true
        const left = deadline - performance.now()
        if (left <= 0) return false
        await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY_MS, left)))
        await lookNow()
      }
      return false
    },
    close() {
      for (const lose of [...waiting]) lose(new Error('closed'))
    },
  }
}

function isOfTheQuestion(error: unknown): boolean {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown }
  if (name === 'PrismaClientValidationError') return true
  if (name === 'PrismaClientKnownRequestError' && typeof code === 'string') return /^P2/.test(code) && !LOST.has(code)
  return /conflict with recovery/.test(messageOf(error) ?? '')
}

/** No connection, no transaction, a raw statement that failed: any of these may be a server that is gone. */
const LOST = new Set(['P2010', 'P2024', 'P2028'])
