import { canonicalAnswer } from '../compare/answer.js'
import { canonical } from '../compare/canonical.js'
import type { Call } from '../operation.js'
import type { Model, Models } from '../schema/models.js'
import type { Bench } from './bench.js'
import { callOn } from './client.js'
import { answersOf, type Compared } from './compare-answers.js'
import type { Mismatch } from './mismatch.js'

/**
 * With nothing under way and nothing pending: the databases are the same, and whatever is asked of whichever client,
 * from the cache or not, is what its database says.
 */
export async function restAndCompare(bench: Bench, models: Models, questions: readonly Call[]): Promise<Compared> {
  let reads = 0
  const tables = await Promise.all(models.list.map((model) => compareTables(bench, models, model)))
  let mismatch = tables.find((found) => found !== undefined)
  for (const call of mismatch ? [] : questions) {
    for (const i of bench.cached.keys()) {
      const { expected, actual } = await answersOf(models, call, bench.truth[i]!, bench.cached[i]!)
      reads++
      if (expected !== actual) {
        mismatch ??= {
          what: `at rest: client ${i}: ${call.model}.${call.operation} ${canonical(call.args)}`,
          expected,
          actual,
        }
      }
    }
    if (mismatch) break
  }
  return { reads, mismatch }
}

/** A table, and beside each row the keys of the rows that tables between two models tie to it. */
async function compareTables(bench: Bench, models: Models, model: Model): Promise<Mismatch | undefined> {
  const keys = (of: Model) => Object.fromEntries(of.key.fields.map((name) => [name, true as const]))
  const ties = model.relations
    .filter((relation) => relation.manyToMany)
    .map((relation) => {
      const other = models.get(relation.model)
      return [relation.name, { select: keys(other), orderBy: other.key.fields.map((name) => ({ [name]: 'asc' })) }]
    })
  const call: Call = {
    kind: 'call',
    model: model.name,
    operation: 'findMany',
    args: {
      orderBy: model.key.fields.map((name) => ({ [name]: 'asc' })),
      select: { ...Object.fromEntries(model.fields.map((field) => [field.name, true])), ...Object.fromEntries(ties) },
    },
  }
  const [expected, actual] = await Promise.all(
    [bench.plain[0]!, bench.truth[0]!].map(async (client) =>
      canonicalAnswer(models, call, await callOn(client, model.name, 'findMany', call.args), { timed: models.timed }),
    ),
  )
  return expected === actual ? undefined : { what: `the table of ${model.name}`, expected: expected!, actual: actual! }
}
