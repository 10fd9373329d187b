import type { ModelEntry, PolicySet } from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../../errors/cache-error.js'
import { askLedger, type RawQueries } from '../../queue/ledger.js'
import { checkDatabase } from '../../worker/check-database.js'
import { listed } from '../text/words.js'
import { type Finding, ok, problem, warning } from './finding.js'

export interface Examined extends RawQueries {
  readonly schema?: string
}

/** Does the database have the tables that the policies speak of, and the ledger that the worker needs? */
export async function examinePostgres(database: Examined, policies: PolicySet): Promise<Finding[]> {
  const [version] = await database.$queryRawUnsafe<{ v: string }[]>(`SELECT current_setting('server_version') AS v`)
  const behind = Object.values(policies.models).some(({ policy }) => policy.strategy === 'writeBehind')
  return [
    ok('Postgres', `Postgres ${version!.v.split(' ')[0]}`),
    ...(behind ? [await ledger(database)] : []),
    ...(await drift(database, policies)),
  ]
}

async function ledger(database: RawQueries): Promise<Finding> {
  try {
    await checkDatabase({ check: () => askLedger(database) })
    return ok('Postgres', 'the ledger table is there')
  } catch (error) {
    if (!(error instanceof PrismaCacheError) || error.code !== 'PC1304') throw error
    const next = 'add the model PrismaCacheLedger (`prisma-cache init` does), and make a migration of it'
    return problem('Postgres', 'the ledger table _prisma_cache_ledger is missing, or is not as it should be', next)
  }
}

interface Column {
  readonly name: string
  readonly required: boolean
}

/** Only what the cache would stumble over: columns that are missing, or that a create would have to fill. */
async function drift(database: Examined, policies: PolicySet): Promise<Finding[]> {
  const findings: Finding[] = []
  let same = 0
  for (const [model, entry] of Object.entries(policies.models)) {
    if (entry.policy.strategy === 'none') continue
    const found = examineModel(model, entry, await columnsOf(database, entry))
    if (found.length === 0) same++
    findings.push(...found, ...(await triggersOf(database, model, entry)))
  }
  return [...(same > 0 ? [ok('schema', `tables of ${same} models have the columns of the schema`)] : []), ...findings]
}

function examineModel(model: string, { facts, policy }: ModelEntry, columns: readonly Column[]): Finding[] {
  const migrate = 'apply the migrations of this schema, or deploy the schema of this database'
  if (columns.length === 0) {
    return [problem('schema', `${model}: there is no table ${JSON.stringify(facts.dbName)}`, migrate)]
  }
  const names = new Set(columns.map(({ name }) => name))
  const missing = facts.fields.map(({ dbName }) => dbName).filter((name) => !names.has(name))
  if (missing.length > 0) {
    return [problem('schema', `${model}: the table has no column ${listed(missing)}`, migrate)]
  }
  const known = new Set(facts.fields.map(({ dbName }) => dbName))
  const unfilled = columns.filter(({ name, required }) => required && !known.has(name)).map(({ name }) => name)
  if (unfilled.length === 0) return []
  const what = `${model}: the schema does not know ${listed(unfilled)}, which has no default and may not be NULL`
  return policy.strategy === 'writeBehind'
    ? [problem('schema', `${what}: every accepted create will be rejected`, migrate)]
    : [warning('schema', what, migrate)]
}

async function columnsOf(database: Examined, { facts }: ModelEntry): Promise<readonly Column[]> {
  return await database.$queryRawUnsafe<Column[]>(
    `SELECT a.attname::text AS name,
            a.attnotnull AND NOT a.atthasdef AND a.attidentity = '' AND a.attgenerated = '' AS required
     FROM pg_attribute a
     WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped`,
    relationOf(database, facts),
  )
}

/** What a trigger does after the statement is in no row that the cache puts. */
async function triggersOf(database: Examined, model: string, { facts, policy }: ModelEntry): Promise<Finding[]> {
  if (policy.strategy !== 'writeThrough' && policy.strategy !== 'writeBehind') return []
  const rows = await database.$queryRawUnsafe<{ name: string }[]>(
    `SELECT t.tgname::text AS name FROM pg_trigger t
     WHERE t.tgrelid = to_regclass($1) AND NOT t.tgisinternal AND (t.tgtype & 2) = 0 AND t.tgenabled <> 'D'`,
    relationOf(database, facts),
  )
  if (rows.length === 0) return []
  const names = listed(rows.map(({ name }) => name))
  const next = 'if it changes rows of a cached model, see docs/caveats.md (triggers); else there is nothing to do'
  return [
    warning('schema', `${model}: the table has the AFTER trigger ${names}, whose changes the cache does not see`, next),
  ]
}

function relationOf({ schema }: Examined, facts: ModelEntry['facts']): string {
  const of = facts.dbSchema ?? schema
  return [...(of === undefined ? [] : [of]), facts.dbName].map((name) => `"${name.replaceAll('"', '""')}"`).join('.')
}
