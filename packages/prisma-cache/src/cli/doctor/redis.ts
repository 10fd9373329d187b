import type { PolicySet } from '@prisma-cache/policy-dsl'
import type { Redis } from 'ioredis'
import { PrismaCacheError } from '../../errors/cache-error.js'
import { checkPromises } from '../../queue/check-redis.js'
import { readServerFacts } from '../../queue/server-facts.js'
import { listed } from '../text/words.js'
import { type Finding, ok, problem, warning } from './finding.js'

/** Is the server set up to keep what the policies promise? */
export async function examineRedis(redis: Redis, policies: PolicySet): Promise<Finding[]> {
  const info = fieldsOf(await redis.info().catch(() => ''))
  const facts = await readServerFacts(redis)
  return [
    ok('Redis', `${serverName(info)} at ${facts.name}`),
    ...eviction(facts.evictionPolicy, policies),
    ...(await promises(redis, policies)),
    ...persistence(info, facts),
    ...memory(info),
    ...(info.get('cluster_enabled') === '1'
      ? [warning('Redis', 'it runs as a cluster', 'no test of prisma-cache runs on one yet; see docs/caveats.md')]
      : []),
  ]
}

function serverName(info: ReadonlyMap<string, string>): string {
  const valkey = info.get('valkey_version')
  return valkey ? `Valkey ${valkey}` : `Redis ${info.get('redis_version') ?? 'of unknown version'}`
}

function eviction(policy: string | undefined, policies: PolicySet): Finding[] {
  if (policy === undefined) {
    return [warning('Redis', 'it does not tell its maxmemory-policy', 'see in its settings that it is noeviction')]
  }
  if (policy === 'noeviction') return [ok('Redis', 'maxmemory-policy noeviction')]
  const behind = modelsOf(policies, ({ strategy }) => strategy === 'writeBehind')
  const strong = modelsOf(policies, (one) => 'consistency' in one && one.consistency === 'strong')
  if (behind.length === 0 && strong.length === 0) return [ok('Redis', `maxmemory-policy ${policy}`)]
  const what =
    behind.length > 0
      ? `accepted writes of ${listed(behind)} and the jobs of the queue may be evicted`
      : `fences of ${listed(strong)} may be evicted, and an evicted fence is no fence`
  return [problem('Redis', `maxmemory-policy ${policy}: ${what}`, 'set `maxmemory-policy noeviction`')]
}

/** What a worker would not start for, model by model. */
async function promises(redis: Redis, policies: PolicySet): Promise<Finding[]> {
  const findings: Finding[] = []
  const kept: string[] = []
  for (const [model, { policy }] of Object.entries(policies.models)) {
    if (policy.strategy !== 'writeBehind') continue
    const { durability } = policy
    try {
      await checkPromises(redis, [{ model, durability, byCall: false }])
      kept.push(`${model} ${durability.kind === 'replicated' ? `replicated(${durability.replicas})` : durability.kind}`)
    } catch (error) {
      // That of eviction is told once, above.
      if (!(error instanceof PrismaCacheError) || error.code !== 'PC1102') continue
      findings.push(problem('Redis', error.message.replace(/^PC\d+: /, ''), 'docs/errors.md explains PC1102'))
    }
  }
  return kept.length === 0 ? findings : [ok('Redis', `durability can be kept: ${listed(kept)}`), ...findings]
}

function persistence(
  info: ReadonlyMap<string, string>,
  facts: { appendOnly: boolean; appendFsync?: string; waitAof: boolean; replicas: number },
): Finding[] {
  const aof = facts.appendOnly
    ? `append-only file, appendfsync ${facts.appendFsync ?? 'unknown'}`
    : 'no append-only file'
  const said = `${aof}; WAITAOF ${facts.waitAof ? 'known' : 'not known'}; connected replicas: ${facts.replicas}`
  const failed = ['aof_last_write_status', 'aof_last_bgrewrite_status'].filter(
    (name) => facts.appendOnly && (info.get(name) ?? 'ok') !== 'ok',
  )
  return [
    ok('Redis', said),
    ...failed.map((name) =>
      problem('Redis', `${name} is ${info.get(name)}`, "look at the server's log: is its disk full or not writable?"),
    ),
  ]
}

const NEARLY = 0.8

function memory(info: ReadonlyMap<string, string>): Finding[] {
  const [used, most] = [Number(info.get('used_memory') ?? 0), Number(info.get('maxmemory') ?? 0)]
  if (most === 0 || used < most * NEARLY) return []
  const share = Math.round((100 * used) / most)
  const next = 'give it more: when it is full, writes are refused (PC1301) and nothing more is cached'
  return [warning('Redis', `${share} % of its maxmemory are used`, next)]
}

function modelsOf(policies: PolicySet, is: (policy: PolicySet['models'][string]['policy']) => boolean): string[] {
  return Object.entries(policies.models).flatMap(([model, { policy }]) => (is(policy) ? [model] : []))
}

function fieldsOf(info: string): Map<string, string> {
  return new Map(
    info.split(/\r?\n/).flatMap((line): [string, string][] => {
      const at = line.indexOf(':')
      return at > 0 && !line.startsWith('#') ? [[line.slice(0, at), line.slice(at + 1)]] : []
    }),
  )
}
