import type { PrismaClient } from '../generated/prisma/client.js'
import { createRandom } from '../measure/random.js'

export interface Read {
  readonly kind: 'read'
  /** Names the question: the same text, the same answer as long as nobody writes. */
  readonly question: string
  run(client: PrismaClient): PromiseLike<unknown>
}

export interface Write {
  readonly kind: 'write'
  run(client: PrismaClient): PromiseLike<unknown>
}

const OWNERS = 200
const TOPICS = 20
export const NOTES = 2000

export const firstNotes = () =>
  Array.from({ length: NOTES }, (_, id) => ({ id, ownerId: id % OWNERS, topic: `t${id % TOPICS}`, text: 'first' }))

/**
 * A read-mostly mix, drawn from a seed: nine reads in ten, of lists by owner, counts by topic and single rows, some of
 * them asked far more often than others; writes change a text, make a note, or hand one to another owner.
 */
export function* workload(seed: number, operations: number): Generator<Read | Write> {
  const random = createRandom(seed)
  // Squared: a tenth of the owners get a third of the questions.
  const skewed = (n: number) => Math.floor(random() ** 2 * n)
  let next = NOTES
  for (let i = 0; i < operations; i++) yield random() < 0.9 ? read() : write()

  function read(): Read {
    const [ownerId, topic, id] = [skewed(OWNERS), `t${skewed(TOPICS)}`, skewed(NOTES)]
    const kind = random()
    if (kind < 0.5) {
      const args = { where: { ownerId }, orderBy: { id: 'asc' }, take: 20 } as const
      return { kind: 'read', question: `owner ${ownerId}`, run: (client) => client.note.findMany(args) }
    }
    if (kind < 0.7) {
      return { kind: 'read', question: `topic ${topic}`, run: (client) => client.note.count({ where: { topic } }) }
    }
    return { kind: 'read', question: `note ${id}`, run: (client) => client.note.findUnique({ where: { id } }) }
  }

  function write(): Write {
    const [ownerId, topic, id, text] = [skewed(OWNERS), `t${skewed(TOPICS)}`, skewed(NOTES), `text ${random()}`]
    const kind = random()
    if (kind < 0.7) return { kind: 'write', run: (client) => client.note.update({ where: { id }, data: { text } }) }
    if (kind < 0.9) {
      const data = { id: next++, ownerId, topic, text }
      return { kind: 'write', run: (client) => client.note.create({ data }) }
    }
    return { kind: 'write', run: (client) => client.note.update({ where: { id }, data: { ownerId } }) }
  }
}
