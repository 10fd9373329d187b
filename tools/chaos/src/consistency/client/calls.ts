import type { Op } from '../history/op.js'
import { bucketKeyOf, keyOf, type Register } from '../models.js'
import { type Call, callUnderWay, type Gates } from './gates.js'
import type { FromClient } from './messages.js'
import type { Recorder } from './recorder.js'

/** What is known of a row. */
export interface Seen {
  readonly value: number
  readonly seq: number
}

/** Who asks: a session, and how far it has come. */
export interface Asker {
  readonly session: string
  order: number
}

/** What became of one write of a call. `unknown`: perhaps. `none`: certainly nothing. */
export type Written = { readonly seq: number } | 'unknown' | 'none'

export interface Calls {
  read(
    asker: Asker,
    registers: readonly Register[],
    via: string,
    run: () => PromiseLike<readonly (Seen | null)[]>,
  ): Promise<void>
  count(asker: Asker, register: Register, via: string, run: () => PromiseLike<number>): Promise<void>
  /**
   * @param run takes a value for each register, unlike any other's; `oneValue`: the same for all of these; `deletes`: it
   *   leaves no row
   */
  write(
    asker: Asker,
    registers: readonly Register[],
    via: string,
    run: (values: readonly number[]) => PromiseLike<readonly Written[]>,
    options?: { readonly oneValue?: boolean; readonly deletes?: boolean },
  ): Promise<void>
}

/** Thrown inside a transaction that is to be undone. */
export class Undone extends Error {}

export interface CallsParts {
  readonly recorder: Recorder
  readonly gates: Gates
  readonly process: string
  readonly nextValue: () => number
  readonly send: (message: FromClient) => void
}

/** Makes calls and writes down what came of them. */
export function createCalls({ recorder, gates, process, nextValue, send }: CallsParts): Calls {
  const about = (asker: Asker, via: string) => ({ session: asker.session, order: asker.order++, process, via })
  const noted = <T>(call: Call, run: () => PromiseLike<T>) => callUnderWay.run(call, async () => await run())
  const broken = (via: string, error: unknown) => {
    // Postgres had no connection left: gates hold them, and no cache is to blame.
    if (/^P20(24|28)$/.test((error as { code?: string }).code ?? ''))
      return recorder.count('reads without a connection')
    recorder.count('failed reads')
    send({ kind: 'broken', what: `${via}: ${error instanceof Error ? error.stack : String(error)}` })
  }

  async function ask<T>(
    asker: Asker,
    register: Register,
    via: string,
    run: () => PromiseLike<T>,
    opsOf: (answer: T) => Pick<Op, 'key' | 'kind' | 'value' | 'seq'>[],
  ): Promise<void> {
    const { generation } = register
    await recorder.within(register, async () => {
      const common = about(asker, via)
      const call = recorder.now()
      try {
        const answer = await run()
        const ret = recorder.now()
        for (const op of opsOf(answer)) recorder.add(generation, { ...common, ...op, call, ret })
      } catch (error) {
        broken(via, error)
      }
    })
  }

  return {
    read: (asker, registers, via, run) =>
      ask(asker, registers[0]!, via, run, (rows) =>
        registers.map((register, i) => {
          const { value, seq } = rows[i] ?? { value: 0, seq: 0 }
          return { key: keyOf(register), kind: 'read', value, seq }
        }),
      ),
    count: (asker, register, via, run) =>
      ask(asker, register, via, run, (value) => [{ key: bucketKeyOf(register), kind: 'count', value, seq: -1 }]),
    async write(asker, registers, via, run, { oneValue = false, deletes = false } = {}) {
      const { generation } = registers[0]!
      await recorder.within(registers[0]!, async () => {
        recorder.count('writes')
        const marks = { owed: false }
        const common = about(asker, via)
        const ret = Number.POSITIVE_INFINITY
        const value = nextValue()
        const values = registers.map((_, i) => (oneValue || i === 0 ? value : nextValue()))
        const drafts = registers.map((register, i) => {
          const about = deletes ? { deletes } : {}
          const op = { key: keyOf(register), kind: 'write', value: values[i]!, seq: -1, ret, ...about } as const
          return recorder.begin(generation, { ...common, ...op, call: recorder.now() })
        })
        await gates.pass('planned')
        try {
          const written = await noted(marks, () => run(values))
          await gates.pass('published')
          const returned = recorder.now()
          for (const [i, draft] of drafts.entries()) {
            const outcome = written[i]!
            if (outcome === 'none') draft.aborted = true
            else if (outcome !== 'unknown') {
              draft.ret = returned
              draft.seq = outcome.seq
              if (marks.owed) draft.owedUntil = ret
            }
          }
        } catch (error) {
          if (isUndone(error)) for (const draft of drafts) draft.aborted = true
          else recorder.count('writes of unknown outcome')
        }
      })
    },
  }
}

/** Refused by the database, or before it was asked. */
function isUndone(error: unknown): boolean {
  if (error instanceof Undone) return true
  const { code } = error as { code?: unknown }
  if (typeof code !== 'string') return false
  return code === 'PC1101' || (/^P2/.test(code) && code !== 'P2028' && code !== 'P2010')
}
