import { type Mark, type Question, questionKey } from '../bank/mark.js'
import type { Source } from '../db/database.js'
import type { ProberReads } from '../prober/methods.js'
import { shows } from '../prober/progress.js'
import type { ComparedReading } from '../prober/read-question.js'
import type { Remote } from '../process/child.js'
import type { Books } from '../workload/books.js'
import type { Check } from './check.js'

export type Verdict =
  /** Equal to what the primary said before or after it. */
  | 'equal'
  /** Between the two, or ahead of a primary that has not had the write-behind rows yet. */
  | 'between'
  /** Older than a write that was over before the read began, or not what the primary has at the same version. */
  | 'stale'

export interface StaleReads {
  /** Asks one question of the cache, the primary before and after it. */
  sample(question: Question): Promise<void>
  /** Whatever was sampled, again, with nobody writing: must now be what Postgres has, to the last field. */
  checkAtRest(): Promise<Check>
  check(): Check
}

export function createStaleReads(books: Books, processes: readonly Remote<ProberReads>[]): StaleReads {
  const verdicts: Record<Verdict, number> = { equal: 0, between: 0, stale: 0 }
  const questions = new Map<string, Question>()
  let samples = 0
  let hits = 0
  let firstStale: string | undefined

  const reader = (turn: number) => processes[turn % processes.length]!

  return {
    async sample(question) {
      // Taken before the read begins: a write acknowledged later may or may not be seen by it.
      const floor = books.markOf(question)
      questions.set(questionKey(question), question)
      const reading = await reader(samples++).call('compare', question)
      if (isHit(reading.source)) hits++
      const verdict = judge(reading, floor)
      verdicts[verdict]++
      if (verdict === 'stale') {
        firstStale ??= `${questionKey(question)} at ${reading.progress.latest}, acknowledged ${floor?.value ?? '-'}, primary ${reading.before.latest} to ${reading.after.latest}`
      }
    },
    check: () => ({
      name: 'Stale reads',
      ok: verdicts.stale === 0 && samples > 0,
      numbers:
        `${verdicts.stale} stale among ${samples} reads of ${questions.size} questions (${hits} hits): ` +
        `${verdicts.equal} equal to the primary, ${verdicts.between} overtaken by a write` +
        (firstStale ? `; first stale: ${firstStale}` : ''),
    }),
    async checkAtRest() {
      let equal = 0
      let hitsAtRest = 0
      const different: string[] = []
      for (const question of questions.values()) {
        for (const process of processes) {
          const reading = await process.call('compare', question)
          if (isHit(reading.source)) hitsAtRest++
          if (reading.equalsAfter) equal++
          else different.push(questionKey(question))
        }
      }
      const all = questions.size * processes.length
      return {
        name: 'Equal at rest',
        ok: different.length === 0 && all > 0,
        numbers:
          `${equal} of ${all} answers deep-equal to the primary (${hitsAtRest} hits)` +
          (different.length > 0 ? `; first different: ${different[0]}` : ''),
      }
    },
  }
}

const WRITE_BEHIND: ReadonlySet<Question['model']> = new Set(['Session', 'PageCounter'])
const STRONG: ReadonlySet<Question['model']> = new Set(['Account'])

/**
 * Writers do not stop for a sample, so a difference alone proves nothing. Every row has a number that only grows, and
 * that puts an answer in its place: a write acknowledged before the read must be in it, whoever made it.
 * Of a strong model it must also lie between what the primary said before and after.
 */
export function judge(reading: ComparedReading, floor: Mark | undefined): Verdict {
  const { question, progress, before, after } = reading
  if (floor && !shows(progress, floor)) return 'stale'
  if (reading.equalsBefore || reading.equalsAfter) return 'equal'
  // The primary has not had them yet: ahead is right, behind it is not.
  if (WRITE_BEHIND.has(question.model)) return (progress.latest ?? -1) >= (before.latest ?? -1) ? 'between' : 'stale'
  const ahead = (progress.latest ?? -1) > (after.latest ?? -1)
  if (ahead) return 'stale'
  if (progress.ids) return 'between'
  // One version is one row: a difference at the same version is a wrong value.
  if (progress.latest === before.latest || progress.latest === after.latest) return 'stale'
  const behind = (progress.latest ?? -1) < (before.latest ?? -1)
  return behind && STRONG.has(question.model) ? 'stale' : 'between'
}

const isHit = (source: Source): boolean => source === 'redis' || source === 'near' || source === 'pending'
