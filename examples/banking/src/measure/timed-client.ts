import type { BankClient } from '../db/bank-client.js'
import type { LatencyRecorder } from './latency.js'

const READS = new Set(['findUnique', 'findUniqueOrThrow', 'findFirst', 'findFirstOrThrow', 'findMany', 'count'])

/** Label of an interactive transaction, from the call to its result. */
export const TRANSACTION = 'transaction'
export const operationLabel = (model: string, kind: 'read' | 'write'): string => `${model} ${kind}`

/**
 * The same client with a clock around each operation, as the caller sees it. A proxy and not a query extension: an
 * extension may answer before Prisma's query hooks run, and its answers are what is to be measured.
 * Operations inside an interactive transaction are timed as part of it.
 */
export function timedClient(client: BankClient, recorder: LatencyRecorder): BankClient {
  const delegates = new Map<string, object>()
  return new Proxy(client, {
    get(target, name) {
      if (typeof name !== 'string') return Reflect.get(target, name, target)
      if (name === '$transaction') return timed(target.$transaction.bind(target) as Operation, TRANSACTION, recorder)
      const known = delegates.get(name)
      if (known) return known
      const value = Reflect.get(target, name, target) as unknown
      if (name.startsWith('$') || typeof value !== 'object' || value === null) return value
      const delegate = timedDelegate(value, name[0]!.toUpperCase() + name.slice(1), recorder)
      delegates.set(name, delegate)
      return delegate
    },
  })
}

type Operation = (...args: unknown[]) => Promise<unknown>

function timedDelegate(delegate: object, model: string, recorder: LatencyRecorder): object {
  const operations = new Map<string | symbol, unknown>()
  return new Proxy(delegate, {
    get(target, name) {
      if (operations.has(name)) return operations.get(name)
      const value = Reflect.get(target, name, target) as unknown
      if (typeof name !== 'string' || typeof value !== 'function') return value
      const label = operationLabel(model, READS.has(name) ? 'read' : 'write')
      const operation = timed((...args) => (value as Operation).apply(target, args), label, recorder)
      operations.set(name, operation)
      return operation
    },
  })
}

function timed(operation: Operation, label: string, recorder: LatencyRecorder): Operation {
  return async (...args) => {
    const start = performance.now()
    try {
      return await operation(...args)
    } finally {
      recorder.record(label, performance.now() - start)
    }
  }
}
