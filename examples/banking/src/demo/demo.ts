import { randomUUID } from 'node:crypto'
import { acquireServers, databaseUrl } from '@prisma-cache/servers'
import type { DemoFlags } from '../config/flags.js'
import { METRICS_PATH, QUEUES_PATH } from '../dashboard/mount-dashboard.js'
import type { Place } from '../db/open-database.js'
import { policies as policySet } from '../generated/cache/index.js'
import { renderChecks } from '../report/check-lines.js'
import { describePolicies } from '../report/model-policies.js'
import { renderTable } from '../report/table.js'
import { beginNamespace } from './begin-namespace.js'
import type { Closing } from './closing.js'
import { makeDatabases } from './databases.js'
import { delayedReplica } from './delayed-replica.js'
import { forgetNamespace } from './forget-namespace.js'
import { inMemory } from './in-memory.js'
import { type RunResult, runOnce } from './run.js'
import { type Stack, startStack } from './stack.js'

const say = (line: string) => console.log(line)

/** The whole demo; resolves with whether every check of both runs held. */
export async function demo(flags: DemoFlags, closing: Closing): Promise<boolean> {
  const began = performance.now()
  const { started, where } = await inMemory(async () => {
    const servers = await acquireServers({ postgres: { durable: true }, log: say })
    closing.add(() => servers.stop())
    const replica = await delayedReplica(servers.postgres, flags.replicaDelay)
    if (replica) closing.add(() => replica.stop())
    return { servers, replica }
  })
  const { servers, replica } = started
  for (const line of servers.describe) say(`Servers   ${line}`)
  if (replica) say(`Servers   a replica on port ${replica.port}, which replays everything ${flags.replicaDelay} late`)
  if (!process.env.DATABASE_URL || !process.env.REDIS_URL) {
    say(`Files     of a server started here: ${where}, every commit and every accepted write forced to them`)
  }

  const id = randomUUID().slice(0, 8)
  const cache = { redisUrl: servers.redisUrl, namespace: `banking-${id}` }
  closing.add(() => forgetNamespace(cache.redisUrl, cache.namespace))
  const quarantined = await beginNamespace({ databaseUrl: servers.databaseUrl, ...cache })
  const databases = await makeDatabases(servers.databaseUrl, id, flags)
  closing.add(() => databases.drop())
  say(`Data      ${flags.customers} customers, ${flags.customers * 2} accounts, in two equal databases`)

  const plain = await inStack('plain client', { databaseUrl: databases.plain }, flags, closing)
  await plain.stack.stop()
  const replicaUrl = replica && databaseUrl(replica.url, new URL(databases.policies).pathname.slice(1))
  const place: Place = { databaseUrl: databases.policies, cache: { ...cache, ...(replicaUrl ? { replicaUrl } : {}) } }
  await replica?.caughtUp()
  await quarantined.over()
  const policies = await inStack('policies', place, flags, closing)

  say(`\n${renderTable({ plain: plain.result, policies: policies.result }, describePolicies(policySet))}`)
  say(`\nChecks, plain client\n${renderChecks(plain.result.checks)}`)
  say(`\nChecks, policies\n${renderChecks(policies.result.checks)}`)
  const failed = [...plain.result.checks, ...policies.result.checks].filter(({ ok }) => !ok)
  const took = `${((performance.now() - began) / 1000).toFixed(1)} s`
  say(failed.length === 0 ? `\nEvery check holds (${took}).` : `\n${failed.length} checks do not hold (${took}).`)

  if (flags.serve) await serve(policies.stack, place)
  return failed.length === 0
}

async function inStack(
  name: string,
  place: Place,
  flags: DemoFlags,
  closing: Closing,
): Promise<{ readonly stack: Stack; readonly result: RunResult }> {
  const stack = await startStack(place)
  closing.add(() => stack.stop())
  say(`Run       ${name}: ${flags.clients} clients for ${flags.seconds} s over ${stack.url}`)
  return { stack, result: await runOnce(stack, place, flags) }
}

/** Until Ctrl-C. */
async function serve(stack: Stack, place: Place): Promise<never> {
  say(`\nAPI       ${stack.url}`)
  say(`Queues    ${stack.url}${QUEUES_PATH}`)
  say(`Metrics   ${stack.url}${METRICS_PATH}`)
  say(`Postgres  ${place.databaseUrl}`)
  say(`Redis     ${place.cache?.redisUrl}, namespace ${place.cache?.namespace}`)
  say(`Try       curl -s -X POST ${stack.url}/customers/1/sessions; Ctrl-C ends it`)
  return new Promise(() => {})
}
