import { copyArguments } from '../planner/copy-arguments.js'
import type { IndexedModel, ModelIndex } from '../planner/model-index.js'
import { EarlyRead, fluentRead } from './early-read.js'
import type { Engine } from './operation-context.js'
import {
  type CallSite,
  callSiteOf,
  hasComputedFields,
  isExtended,
  isTraced,
  NOWHERE,
  type OwnOperation,
  replaceOperation,
  requestOf,
} from './prisma-internals.js'
import { createRowReads, type RowReads, UNANSWERED } from './row-read.js'
import { runRead } from './run-read.js'

/** Counts and aggregates are left to Prisma, which rewrites their arguments and answers. */
const FLUENT = ['findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow'] as const
const OPERATIONS = [...FLUENT, 'findMany'] as const
const BY_KEY = new Set<string>(['findUnique', 'findUniqueOrThrow'])

/**
 * Lets reads of cached models be answered before Prisma's dispatch, where nobody could tell. On this one client object: a
 * transaction's client and whatever is made of this one by a further `$extends` have Prisma's own operations, which come
 * to the cache as a query extension.
 *
 * @param base the client before the extension, whose requests come past the cache
 */
export function openEarlyRoad(engine: Engine, base: object, extended: object): void {
  for (const name of engine.index.names) {
    const model = engine.index.get(name)!
    if (model.policy.strategy === 'none') continue
    const { kind } = engine.routes.of(name)
    // These ask what the session has done before they ask for a row.
    const rows = kind === 'bypassAfterWrite' || kind === 'strong' ? undefined : createRowReads(engine, model)
    for (const operation of OPERATIONS) {
      const request = requestOf(base, name, operation)
      if (!request || !isPlain(engine.index, base, model, operation)) continue
      const Read = (FLUENT as readonly string[]).includes(operation) ? fluentRead(model) : EarlyRead
      replaceOperation(extended, name, operation, (own) => {
        const early = { model, operation, request, own, Read }
        return rows && BY_KEY.has(operation) ? earlyRow(engine, base, early, rows) : earlyAny(engine, base, early)
      })
    }
  }
}

interface Early {
  readonly model: IndexedModel
  readonly operation: string
  readonly request: (args: unknown, callsite: CallSite) => Promise<unknown>
  readonly own: OwnOperation
  readonly Read: typeof EarlyRead
}

function earlyAny(engine: Engine, base: object, early: Early) {
  const { own, Read } = early
  const operation = { own, answer: (args: unknown, at?: CallSite) => answerAny(engine, early, args, at) }
  // Prisma takes the first function above it that is not named so for the place of the call.
  return function getCallSiteOfCaller(args: unknown): unknown {
    if (isTraced(base) || !copyArguments(args)) return own(args)
    return new Read(operation, args, callSiteOf(base, getCallSiteOfCaller))
  }
}

async function answerAny(
  engine: Engine,
  { model, operation, request, own }: Early,
  args: unknown,
  at: CallSite | undefined,
): Promise<unknown> {
  // As they are when somebody waits, and no longer the caller's to change.
  const asked = copyArguments(args)
  if (!asked) return await own(args)
  return await runRead(engine, model, {
    model: model.name,
    operation,
    args: asked,
    transaction: { kind: 'none' },
    query: (sent) => request(sent, at ?? NOWHERE),
  })
}

/** Reads of one row by its key, which need less to be planned. */
function earlyRow(engine: Engine, base: object, early: Early, rows: RowReads) {
  const { own, Read, model, operation: name, request } = early
  const operation = {
    own,
    answer(args: unknown, at?: CallSite): Promise<unknown> {
      const asked = rows.read(args)
      if (!asked) return answerAny(engine, early, args, at)
      const answer = rows.now(asked, name)
      if (answer !== UNANSWERED) return Promise.resolve(answer)
      return rows.answer(rows.plan(asked), {
        model: model.name,
        operation: name,
        args: rows.args(asked),
        transaction: { kind: 'none' },
        query: (sent) => request(sent, at ?? NOWHERE),
      })
    },
  }
  const throws = name === 'findUniqueOrThrow'
  return function getCallSiteOfCaller(args: unknown): unknown {
    if (isTraced(base)) return own(args)
    const asked = rows.read(args)
    if (!asked && !copyArguments(args)) return own(args)
    // It costs more than a hit, and of a question that is certainly accepted only a broken database would tell it.
    return new Read(operation, args, asked && !throws ? undefined : callSiteOf(base, getCallSiteOfCaller))
  }
}

/** Does no other extension have a part in the operation, nor in any model that its answer may hold something of? */
function isPlain(index: ModelIndex, base: object, model: IndexedModel, operation: string): boolean {
  if (isExtended(base, model.name, operation)) return false
  const reached = new Set<string>([model.name])
  for (const name of reached) for (const other of index.get(name)?.relations.values() ?? []) reached.add(other)
  return [...reached].every((name) => !hasComputedFields(base, name))
}
