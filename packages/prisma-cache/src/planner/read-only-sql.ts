/**
 * Is this raw statement certainly a plain read? Certain means: one SELECT, no word that could write or lock, and no
 * function outside a short list. What is not certain counts as a write to every model; `$cache.writes` declares better.
 */
export function isReadOnlySql(sql: string): boolean {
  const text = sql.trim().replace(/;\s*$/, '').toLowerCase()
  if (!/^(select|values|table)\b/.test(text) || text.includes(';')) return false
  if (WRITES.test(text)) return false
  for (const [, name] of text.matchAll(CALLS)) if (!HARMLESS.has(name!)) return false
  return true
}

const WRITES =
  /\b(insert|update|delete|merge|truncate|into|call|do|create|alter|drop|grant|revoke|copy|lock|share|refresh|vacuum|set|execute|prepare)\b/

/** A word, plain or quoted, before an opening parenthesis. */
const CALLS = /"?([\w$.]+)"?\s*\(/g

const HARMLESS = new Set(
  (
    'select from where and or not in any all exists as on by over filter values using case when then else with distinct ' +
    'count sum min max avg coalesce nullif greatest least abs round floor ceil ceiling lower upper length trim substring ' +
    'left right concat date_trunc extract to_char now row_number rank dense_rank lag lead array_agg string_agg json_agg ' +
    'jsonb_agg json_build_object jsonb_build_object bool_and bool_or cast interval numeric decimal varchar char timestamp ' +
    'timestamptz union except intersect limit offset having between like ilike is partition order group end array row'
  ).split(' '),
)
