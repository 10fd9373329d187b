import type { Args, Call, Operation } from './operation.js'
import type { PolicyMode } from './policies.js'
import type { SubjectName } from './schema/subject.js'

/** A log that once went wrong, shortened, and why it did. The seed found it; the log outlives changes of the generators. */
export interface Regression {
  readonly cause: string
  readonly schema: SubjectName
  readonly mode: PolicyMode
  readonly seed: number
  readonly log: readonly Operation[]
}

const call = (model: string, operation: string, args: Args): Call => ({ kind: 'call', model, operation, args })

/** One call by the first client. */
const single = (model: string, operation: string, args: Args): Operation => ({
  kind: 'single',
  step: call(model, operation, args),
  client: 0,
  session: 'own',
})

const twice = [{ id: 'twice' }, { id: 'twice' }]
const where = { id: 'k2' }

export const regressions: readonly Regression[] = [
  {
    cause:
      'a row was put of a transaction that Postgres had rolled back at COMMIT, since an earlier statement had failed',
    schema: 'strategies',
    mode: 'strong',
    seed: 1000,
    log: [
      single('Plain', 'upsert', { where, create: where, update: {} }),
      {
        kind: 'interactive',
        steps: [
          call('Plain', 'update', { where, data: { s: 'phantom' } }),
          call('Counter', 'createMany', { data: twice }),
        ],
        rollback: false,
        client: 0,
        session: 'own',
      },
      single('Plain', 'findUnique', { where }),
    ],
  },
  {
    cause:
      'a row was put of an array transaction whose later statement had failed: Prisma resolves the earlier ones all the same',
    schema: 'strategies',
    mode: 'as-annotated',
    seed: 1,
    log: [
      single('Plain', 'upsert', { where, create: where, update: {} }),
      {
        kind: 'array',
        steps: [
          call('Plain', 'update', { where, data: { s: 'phantom' } }),
          call('Counter', 'createMany', { data: twice }),
        ],
        client: 0,
        session: 'own',
      },
      single('Plain', 'findUnique', { where }),
    ],
  },
  {
    cause:
      'a write of an array that Prisma had refused was sent a second time, with the arguments as given, and committed alone',
    schema: 'relations',
    mode: 'writeBehind',
    seed: 4017,
    log: [
      {
        kind: 'array',
        steps: [
          call('Label', 'create', { data: { text: 'alone' }, select: { id: true } }),
          call('Label', 'findMany', { select: { nothing: true } }),
        ],
        client: 0,
        session: 'own',
      },
      single('Label', 'count', { where: { text: 'alone' } }),
      { kind: 'rest' },
    ],
  },
  {
    cause: 'of two rows that exchanged a unique value, both accepted, the flush had Postgres refuse both',
    schema: 'relations',
    mode: 'as-annotated',
    seed: 0,
    log: [
      single('Seat', 'create', { data: { id: 's1', label: 'one' } }),
      single('Seat', 'create', { data: { id: 's2', label: 'two' } }),
      { kind: 'rest' },
      single('Seat', 'update', { where: { id: 's1' }, data: { label: 'three' } }),
      single('Seat', 'update', { where: { id: 's2' }, data: { label: 'one' } }),
      single('Seat', 'update', { where: { id: 's1' }, data: { label: 'two' } }),
      { kind: 'rest' },
      single('Seat', 'delete', { where: { id: 's2' } }),
      single('Seat', 'create', { data: { id: 's4', label: 'one' } }),
      { kind: 'rest' },
    ],
  },
  {
    cause: 'a create that was sent again, with nothing pending, met a number of its sequence that a row had by hand',
    schema: 'strategies',
    mode: 'queue',
    seed: 172,
    log: [
      single('User', 'create', { data: { id: 1, email: 'a' } }),
      single('Post', 'create', { data: { id: 1002, title: 'by hand', authorId: 1 } }),
      single('Post', 'create', { data: { title: 'by sequence', authorId: 1000 } }),
    ],
  },
  {
    cause:
      'of a row that was accepted in a race and refused at its flush, the harness said that it must be refused at once',
    schema: 'relations',
    mode: 'reads',
    seed: 41014,
    log: [
      {
        kind: 'race',
        members: [
          {
            kind: 'single',
            step: call('Item', 'create', { data: { id: 'raced1313', shop: 'k1', number: 6, productSku: 'k4' } }),
            client: 2,
            session: 'own',
          },
        ],
        slowMs: 0,
      },
      { kind: 'rest' },
    ],
  },
  {
    cause:
      'a create that a foreign key had refused was sent again though its parent was pending nowhere: it referred to the ' +
      'number that its sequence gave it the second time, and was taken',
    schema: 'tree',
    mode: 'queue',
    seed: 7000023,
    log: [
      single('Note', 'upsert', { where: { id: 5 }, create: {}, update: { body: 'pending' } }),
      single('Note', 'create', { data: { replyToId: 1003 } }),
      { kind: 'rest' },
    ],
  },
  {
    cause: 'the harness asked a question at rest of a client that had not asked it before, and did not know its entry',
    schema: 'tree',
    mode: 'writeAround',
    seed: 502000,
    log: [
      {
        kind: 'single',
        step: call('Document', 'count', { where: { title: 'title8' } }),
        client: 2,
        session: 'carried',
      },
      { kind: 'rest' },
      { kind: 'rest' },
    ],
  },
  {
    cause:
      'an update that Postgres refused had changed the rows that follow: where Prisma does what foreign keys would, it does ' +
      'so in a statement of its own, before, and with no transaction around both',
    schema: 'emulated',
    mode: 'reads',
    seed: 7,
    log: [
      {
        kind: 'single',
        step: call('Author', 'findMany', { where: { code: 'k2' }, orderBy: [{ id: 'asc' }] }),
        client: 2,
        session: 'carried',
      },
      single('House', 'update', { where: { id: 1 }, data: { code: 'k1' } }),
      { kind: 'rest' },
    ],
  },
]
