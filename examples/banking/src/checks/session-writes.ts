import type { Check } from './check.js'

/** Holds the touches of each session that were acknowledged against `hits` in Postgres, after a flush. */
export function checkSessionWrites(
  acknowledged: ReadonlyMap<string, number>,
  stored: ReadonlyMap<string, number>,
): Check {
  let touches = 0
  let applied = 0
  let wrong = 0
  let missing = 0
  for (const [id, count] of acknowledged) {
    touches += count
    const hits = stored.get(id)
    if (hits === undefined) missing++
    else {
      applied += hits
      if (hits !== count) wrong++
    }
  }
  return {
    name: 'Session writes',
    ok: wrong === 0 && missing === 0 && stored.size === acknowledged.size,
    numbers:
      `${acknowledged.size} logins and ${touches} touches acknowledged; after flush() Postgres has ${stored.size} ` +
      `sessions and ${applied} touches (${missing} sessions missing, ${wrong} with another count)`,
  }
}
