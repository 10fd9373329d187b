import type { Check } from './check.js'

/** `records`: how many audit records each call id has in Postgres. */
export function checkAuditRecords(callIds: readonly string[], records: ReadonlyMap<string, number>): Check {
  const exact = callIds.filter((id) => records.get(id) === 1).length
  let total = 0
  for (const count of records.values()) total += count
  return {
    name: 'Audit records',
    ok: exact === callIds.length && total === callIds.length,
    numbers: `${callIds.length} calls answered, ${exact} of them with exactly one record, ${total} records in all`,
  }
}
