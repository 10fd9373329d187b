import { assertNever, type Call, type Isolation, type Raw, type Step, type Stepwise } from '../operation.js'
import { type CachedClient, callOn, type DynamicClient } from './client.js'
import { caughtUp } from './near-watch.js'
import { errorOutcome, type Outcome, outcomeOf } from './outcome.js'

/** An outcome and what it is the outcome of; `about` is left out for the end of a transaction. */
export interface Performed {
  readonly about?: Call | Raw
  readonly outcome: Outcome
}

/** One side of the comparison: all its clients. */
export type Side = readonly DynamicClient[]

const levelOf = (isolation: Isolation | undefined) => (isolation ? { isolationLevel: isolation } : {})

const ROLLBACK = 'rolled back on purpose'

/** Performs one operation on one side, and gives every outcome that a caller could see, in order. */
export async function perform(side: Side, operation: Stepwise): Promise<Performed[]> {
  const client = side[operation.client]!
  switch (operation.kind) {
    case 'single':
      return [{ about: operation.step, outcome: await outcomeOf(() => start(client, operation.step)) }]
    case 'together':
      return await Promise.all(
        operation.calls.map(async (call) => ({ about: call, outcome: await outcomeOf(() => start(client, call)) })),
      )
    case 'array':
      return await performArray(client, operation)
    case 'interactive':
      return await performInteractive(side, client, operation)
    default:
      return assertNever(operation)
  }
}

function start(client: DynamicClient, step: Call | Raw): PromiseLike<unknown> {
  if (step.kind === 'call') return callOn(client, step.model, step.operation, step.args)
  const send = () => sendRaw(client, step)
  const { $cache } = client as Partial<CachedClient>
  return step.declared && $cache ? $cache.writes(step.declared, send) : send()
}

function sendRaw(client: DynamicClient, { method, sql, values }: Raw): PromiseLike<unknown> {
  if (method === '$executeRawUnsafe' || method === '$queryRawUnsafe') return client[method](sql, ...values)
  // `… $2 … $1 …` as a template would have it.
  const strings = sql.split(/\$\d+/)
  const places = [...sql.matchAll(/\$(\d+)/g)].map(([, n]) => values[Number(n) - 1])
  return client[method](Object.assign(strings, { raw: strings }), ...places)
}

async function performArray(
  client: DynamicClient,
  { steps, isolation }: Extract<Stepwise, { kind: 'array' }>,
): Promise<Performed[]> {
  // Declared writes start their statement at once, which an array must not.
  const bare = steps.map((step) => (step.kind === 'raw' ? { ...step, declared: undefined } : step) as Call | Raw)
  const outcome = await outcomeOf(() =>
    client.$transaction(
      bare.map((step) => start(client, step)),
      levelOf(isolation),
    ),
  )
  // Of an array that it refuses to send, Prisma says in some places why, and stumbles over that in others.
  if (outcome.kind === 'error' && outcome.name === 'TypeError') {
    return [{ outcome: { ...outcome, name: 'PrismaClientValidationError' } }]
  }
  if (outcome.kind === 'error') return [{ outcome }]
  return (outcome.value as unknown[]).map((value, i) => ({ about: steps[i]!, outcome: { kind: 'answer', value } }))
}

async function performInteractive(
  side: Side,
  client: DynamicClient,
  { steps, rollback, isolation }: Extract<Stepwise, { kind: 'interactive' }>,
): Promise<Performed[]> {
  const performed: Performed[] = []
  const end = await outcomeOf(() =>
    client.$transaction(async (tx: DynamicClient) => {
      await performSteps(side, tx, steps, performed)
      if (rollback) throw new Error(ROLLBACK)
      return 'committed'
    }, levelOf(isolation)),
  )
  return [...performed, { outcome: end }]
}

/** A statement that fails does not end the callback: the transaction goes on as its author might have written it. */
async function performSteps(
  side: Side,
  tx: DynamicClient,
  steps: readonly Step[],
  performed: Performed[],
): Promise<void> {
  for (const step of steps) {
    if (step.kind === 'outside') {
      await caughtUp(side[step.client]!)
      performed.push({ about: step.call, outcome: await outcomeOf(() => start(side[step.client]!, step.call)) })
    } else if (step.kind === 'beside') {
      const outcomes = step.calls.map(async (call) => ({
        about: call,
        outcome: await outcomeOf(() => start(tx, call)),
      }))
      performed.push(...(await Promise.all(outcomes)))
    } else if (step.kind === 'savepoint') {
      try {
        await tx.$transaction(async (inner: DynamicClient) => {
          await performSteps(side, inner, step.steps, performed)
          if (step.rollback) throw new Error(ROLLBACK)
        })
      } catch (error) {
        performed.push({ outcome: errorOutcome(error) })
      }
    } else {
      performed.push({ about: step, outcome: await outcomeOf(() => start(tx, step)) })
    }
  }
}
