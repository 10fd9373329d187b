import type { IndexedModel } from '../planner/model-index.js'
import type { CallSite, OwnOperation, PrismaPromise } from './prisma-internals.js'

/** How the reads of one operation are answered without Prisma's dispatch, and with it. */
export interface EarlyOperation {
  readonly own: OwnOperation
  /** Answers the read as it is asked at this moment. */
  answer(args: unknown, callsite: CallSite | undefined): Promise<unknown>
}

/**
 * A read that begins when somebody waits for it, as Prisma's promise does, and once only. Whatever else is asked of it (to
 * be one of an array of a transaction, to go on to a relation) is asked of Prisma's own promise.
 */
export class EarlyRead {
  readonly #operation: EarlyOperation
  readonly #args: unknown
  readonly #callsite: CallSite | undefined
  #begun: Promise<unknown> | undefined

  constructor(operation: EarlyOperation, args: unknown, callsite: CallSite | undefined) {
    this.#operation = operation
    this.#args = args
    this.#callsite = callsite
  }

  // biome-ignore lint/suspicious/noThenProperty: Prisma's promises are no native ones, so that they begin when waited for
  then(fulfilled?: ((value: unknown) => unknown) | null, rejected?: ((reason: unknown) => unknown) | null) {
    return this.#begin().then(fulfilled, rejected)
  }

  catch(rejected?: ((reason: unknown) => unknown) | null) {
    return this.#begin().catch(rejected)
  }

  finally(done?: (() => void) | null) {
    return this.#begin().finally(done)
  }

  requestTransaction(transaction: unknown): Promise<unknown> {
    return ownOf(this).requestTransaction(transaction)
  }

  get spec(): unknown {
    return ownOf(this).spec
  }

  get [Symbol.toStringTag](): string {
    return 'PrismaPromise'
  }

  #begin(): Promise<unknown> {
    if (this.#begun) return this.#begun
    try {
      this.#begun = this.#operation.answer(this.#args, this.#callsite)
    } catch (error) {
      this.#begun = Promise.reject(error)
    }
    return this.#begun
  }

  /** Prisma's own promise of the same question. */
  static own(read: EarlyRead): PrismaPromise {
    return read.#operation.own(read.#args)
  }
}

const ownOf = EarlyRead.own

/** Reads of one row, which go on to its relations. */
export function fluentRead(model: IndexedModel): typeof EarlyRead {
  class FluentEarlyRead extends EarlyRead {}
  for (const relation of model.relations.keys()) {
    if (relation in EarlyRead.prototype) continue
    Object.defineProperty(FluentEarlyRead.prototype, relation, {
      configurable: true,
      // Prisma takes the first function above it that is not named so for the place of the call.
      get: function getCallSiteOfCaller(this: EarlyRead) {
        return (ownOf(this) as unknown as Record<string, unknown>)[relation]
      },
    })
  }
  return FluentEarlyRead
}
