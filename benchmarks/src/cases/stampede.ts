import { fork } from 'node:child_process'
import { once } from 'node:events'
import { spread } from '../measure/spread.js'
import type { Stage } from '../stage/stage.js'
import type { BenchCase } from './bench-case.js'

const PROCESSES = 4
const READERS = 5000

/** Many readers of one cold key in several processes at once: the queries that reach the database are counted. */
export const stampede: BenchCase = {
  row: 'P11',
  name: `${READERS} readers of one cold key in ${PROCESSES} processes`,
  async measure(stage, { rounds }) {
    const children = await Promise.all(Array.from({ length: PROCESSES }, () => startReader(stage)))
    const queries: number[] = []
    for (let round = 0; round < rounds; round++) {
      const id = `crowd-${round}`
      await stage.plain.through.create({ data: { id, owner: 'everybody', balance: 1 } })
      const counts = await Promise.all(children.map((child) => child.ask(id, READERS / PROCESSES)))
      queries.push(counts.reduce((sum, count) => sum + count, 0))
    }
    for (const child of children) child.close()
    const value = spread(queries)
    return {
      unit: 'queries',
      lanes: { 'reached the database': value },
      ratios: [{ what: 'P11 database queries of a stampede', value, target: { atMost: 1 } }],
      notes: [`of each of the rounds: ${queries.join(', ')}`],
    }
  },
}

async function startReader(stage: Stage) {
  const child = fork(new URL('../children/reader.js', import.meta.url), {
    env: {
      ...process.env,
      BENCH_DATABASE_URL: stage.databaseUrl,
      BENCH_REDIS_URL: stage.servers.redisUrl,
      BENCH_NAMESPACE: stage.namespace,
    },
  })
  await once(child, 'message') // connected
  return {
    async ask(id: string, readers: number): Promise<number> {
      const answer = once(child, 'message')
      child.send({ id, readers })
      const [{ queries }] = (await answer) as [{ queries: number }]
      return queries
    },
    close: () => child.disconnect(),
  }
}
