import { AsyncLocalStorage } from 'node:async_hooks'
import type { PolicySet } from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../errors/cache-error.js'
import type { Stats } from '../events/stats.js'
import type { IndexedModel } from '../planner/model-index.js'
import { classify } from '../planner/operations.js'
import { pinnedRow } from '../planner/row-id.js'
import { wideTags } from '../planner/write-plan.js'
import type { Tag } from '../protocol/tag.js'
import { type CausalSession, createCausalSession } from '../strategy/causal-session.js'
import { readToken, type TokenOptions, writeToken } from '../strategy/session-token.js'
import { createWriter } from '../strategy/writer.js'
import type { CacheFace, Session } from './cache-face.js'
import { explain } from './explain.js'
import { pendingModelsOf } from './flush-before.js'
import type { Engine } from './operation-context.js'

/** What belongs to the async scope of a call, not to the client. */
export interface Scopes {
  readonly session: AsyncLocalStorage<CausalSession>
  readonly writes: AsyncLocalStorage<readonly string[]>
}

export function createScopes(): Scopes {
  return { session: new AsyncLocalStorage(), writes: new AsyncLocalStorage() }
}

export function createFace<P extends PolicySet>(
  engine: Engine,
  scopes: Scopes,
  stats: () => Stats,
  tokens: TokenOptions,
): CacheFace<P> {
  const { index } = engine
  const { owes } = engine.link.unpublished
  const within = <R>(session: CausalSession, fn: (session: Session) => R): R => {
    if (typeof fn !== 'function') {
      throw new PrismaCacheError('PC1401', '$cache.session takes the function that is to run in the session, last.')
    }
    return scopes.session.run(session, () =>
      started(fn({ token: () => writeToken(session.state(), tokens), isEmpty: () => session.isEmpty() })),
    )
  }

  function modelOf(name: string, call: string): IndexedModel {
    const model = index.get(name)
    if (model) return model
    throw new PrismaCacheError(
      'PC1401',
      `${call}: there is no model ${JSON.stringify(name)}. Models are named as in the schema: ${index.names.join(', ')}.`,
    )
  }

  function rowOf(model: IndexedModel, where: unknown, call: string): string {
    const row = pinnedRow(model.facts, where)
    if (row !== undefined) return row
    throw new PrismaCacheError(
      'PC1401',
      `${call}: \`where\` does not name one row of ${model.name} by its primary key (${model.facts.primaryKey?.name ?? 'it has none'}).`,
    )
  }

  /** The named model, or every write-behind model. */
  function queued(name: string | undefined, call: string): string[] {
    return pendingModelsOf(name === undefined ? index.names.map((n) => index.get(n)!) : [modelOf(name, call)])
  }

  /** Now, or when Redis is back. */
  async function drop(about: string, tags: readonly Tag[]): Promise<void> {
    await engine.link.settled()
    await createWriter(engine.link, engine.events, about).publish(tags, [], engine.session())
  }

  async function flushRow(name: string | undefined, where: unknown): Promise<void> {
    const model = modelOf(String(name), '$cache.flush')
    const row = rowOf(model, where, '$cache.flush')
    if (model.policy.strategy !== 'writeBehind') return
    await engine.writeBehind.flushOne(model.name, row)
    engine.horizon?.saw(engine.session(), [model.name])
  }

  return {
    session: Object.assign(<R>(fn: (session: Session) => R) => within(createCausalSession(owes), fn), {
      resume<R>(token: string, fn: (session: Session) => R) {
        const session = createCausalSession(owes, readToken(token, tokens))
        engine.horizon?.resumed(session)
        return within(session, fn)
      },
    }),
    async flush(name, where) {
      if (where !== undefined) return await flushRow(name, where)
      const models = queued(name, '$cache.flush')
      if (models.length === 0) return
      await engine.writeBehind.flushModels(models)
      engine.horizon?.saw(engine.session(), undefined)
    },
    pending: async (name) => await engine.writeBehind.pending(queued(name, '$cache.pending')),
    async status(name, where) {
      const model = modelOf(name, '$cache.status')
      const row = rowOf(model, where, '$cache.status')
      return model.policy.strategy === 'writeBehind' ? await engine.writeBehind.status(model.name, row) : 'clean'
    },
    async invalidate(name, where) {
      const model = modelOf(name, '$cache.invalidate')
      const tags: Tag[] =
        where === undefined
          ? [{ kind: 'wide', model: model.name }]
          : [{ kind: 'row', model: model.name, row: rowOf(model, where, '$cache.invalidate') }]
      await drop(model.name, [...tags, { kind: 'table', model: model.name }])
    },
    clear: async () => await drop('$cache.clear', index.names.flatMap(wideTags)),
    async explain(name, operation, args) {
      const model = modelOf(name, '$cache.explain')
      if (classify(operation) !== 'unknown') return await explain(engine, model, operation, args)
      throw new PrismaCacheError(
        'PC1401',
        `$cache.explain: there is no operation ${JSON.stringify(operation)} of a model. It is one like findMany or update.`,
      )
    },
    writes(models, fn) {
      if (!Array.isArray(models) || typeof fn !== 'function') {
        throw new PrismaCacheError(
          'PC1401',
          "$cache.writes takes a list of models and a function: $cache.writes(['User'], () => …).",
        )
      }
      for (const name of models) modelOf(name, '$cache.writes')
      return scopes.writes.run(models, () => started(fn()))
    },
    stats,
    on: (event, listener) => engine.events.on(event, listener),
  }
}

/** A Prisma promise begins only when somebody waits for it, which must happen inside the scope. */
function started<R>(result: R): R {
  const lazy = result as {
    then?: (onFulfilled: (value: unknown) => unknown) => unknown
    [Symbol.toStringTag]?: string
  } | null
  if (typeof lazy !== 'object' || lazy?.[Symbol.toStringTag] !== 'PrismaPromise') return result
  return lazy.then!((value) => value) as R
}
