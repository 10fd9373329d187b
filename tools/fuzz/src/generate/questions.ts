import type { PolicySet } from 'prisma-cache'
import type { Call } from '../operation.js'
import type { Model } from '../schema/models.js'
import type { Context } from './context.js'
import type { Focus } from './focus.js'
import { heed } from './heed.js'
import { fewColumns, listByKey, readOf, rowWithLists, wholeRow, wholeTable } from './read.js'

/** Reads, most of which have been asked before: only then is there something to be stale. */
export interface Questions {
  any(): Call
  /** Some that a write of the model, or near it, may change the answers of. */
  about(model: Model): readonly Call[]
}

/** Questions that are asked again. */
const POOL = 20

export function createQuestions(
  context: Context,
  focus: Focus,
  policies: PolicySet,
  isQueued: (model: string) => boolean,
): Questions {
  const { random } = context
  const pool: Call[] = []

  function fresh(model = focus.model()): Call {
    const drawn = random.weighted<() => Call>([
      [7, () => readOf(context, model)],
      [1, () => wholeTable(context, model)],
      [2, () => wholeRow(context, model)],
      [3, () => listByKey(context, model)],
      [1.5, () => fewColumns(context, model)],
      [2, () => rowWithLists(context, model)],
    ])()
    const call = random.chance(0.85) ? heed(context, policies, drawn) : drawn
    const asked = random.chance(0.1) ? { ...call, args: { ...call.args, cache: override(call) } } : call
    pool.push(asked)
    if (pool.length > POOL) pool.shift()
    return asked
  }

  /** A read that asks for less than its session's own writes would rightly not see them while they are pending. */
  function override(call: Call): unknown {
    const eventual = focus.around(call.model).some(isQueued) ? false : { consistency: 'eventual' }
    return random.pick([false, { ttl: '1m' }, { consistency: 'strong' }, { consistency: 'session' }, eventual])
  }

  return {
    any: () => (pool.length > 0 && random.chance(0.75) ? random.pick(pool) : fresh()),
    about(model) {
      const names = focus.around(model.name)
      const concerned = pool.filter((call) => names.includes(call.model))
      return Array.from({ length: 2 + random.below(3) }, () =>
        concerned.length > 0 && random.chance(0.3) ? random.pick(concerned) : fresh(random.pick(focus.beside(model))),
      )
    },
  }
}
