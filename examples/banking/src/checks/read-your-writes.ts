import type { CallAnswer } from '../api/wire.js'
import type { Mark } from '../bank/mark.js'
import { questionKey } from '../bank/mark.js'
import type { Source } from '../db/database.js'
import type { ProberReads } from '../prober/methods.js'
import { shows } from '../prober/progress.js'
import type { Remote } from '../process/child.js'
import type { Prng } from '../workload/prng.js'
import type { Check } from './check.js'

export interface ReadYourWrites {
  /** Reads back one of the things that a call has just written, as its client. */
  probe(answer: CallAnswer, token: string | undefined, prng: Prng): Promise<void>
  check(): Check
}

/**
 * Every other probe is answered by a second process, which has nothing but the token to know of the write; the rest by
 * the API, with the same token.
 */
export function createReadYourWrites(api: Remote<ProberReads>, second: Remote<ProberReads>): ReadYourWrites {
  const asked = { api: 0, second: 0 }
  const held = { api: 0, second: 0 }
  const sources = new Map<Source, number>()
  const missed: string[] = []

  return {
    async probe(answer, token, prng) {
      const mark: Mark | undefined = answer.marks[prng.below(answer.marks.length)]
      if (!mark) return
      const where = asked.api > asked.second ? 'second' : 'api'
      asked[where]++
      const { progress, source } = await (where === 'api' ? api : second).call('read', mark.question, token)
      sources.set(source, (sources.get(source) ?? 0) + 1)
      if (shows(progress, mark)) held[where]++
      else missed.push(`${questionKey(mark.question)} wrote ${mark.value}, read ${progress.latest} (${where})`)
    },
    check: () => ({
      name: 'Read your own writes',
      ok: missed.length === 0 && asked.api > 0 && asked.second > 0,
      numbers:
        `${held.api} of ${asked.api} probes held in the API, ${held.second} of ${asked.second} in a second process; ` +
        `answered by ${bySource(sources)}` +
        (missed.length > 0 ? `; first missed: ${missed[0]}` : ''),
    }),
  }
}

function bySource(sources: ReadonlyMap<Source, number>): string {
  const most = [...sources].sort(([, a], [, b]) => b - a)
  return most.map(([source, count]) => `${source} ${count}`).join(', ')
}
