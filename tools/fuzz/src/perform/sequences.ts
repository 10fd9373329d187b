import type { Models } from '../schema/models.js'
import type { Bench } from './bench.js'
import type { DynamicClient } from './client.js'

/**
 * An insert that Postgres refuses has used up a number of its sequence, and the extension may send one that a foreign
 * key has refused once more. Gaps are nobody's promise; the twins go on from the same number.
 */
export async function levelSequences(bench: Bench, models: Models): Promise<void> {
  const [truth, plain] = [raw(bench.truth[0]!), raw(bench.plain[0]!)]
  for (const { facts } of models.list) {
    for (const field of facts.fields) {
      if (field.default?.by !== 'database') continue
      const sequence = `pg_get_serial_sequence('"${facts.dbName}"', '${field.dbName}')`
      const [found] = await plain.$queryRawUnsafe<{ name: string | null }[]>(`SELECT ${sequence}::text AS name`)
      if (!found?.name) continue
      const [at] = await plain.$queryRawUnsafe<{ last: string; called: boolean }[]>(
        `SELECT last_value::text AS last, is_called AS called FROM ${found.name}`,
      )
      await truth.$queryRawUnsafe(`SELECT setval(${sequence}, ${at!.last}, ${at!.called})::text`)
    }
  }
}

interface Raw {
  $queryRawUnsafe<T = unknown>(sql: string): Promise<T>
}

const raw = (client: DynamicClient) => client as unknown as Raw
