export type Severity = 'error' | 'warning'

interface CodeRow {
  readonly severity: Severity
  /** What is wrong in general; the message of one diagnostic says it in particular. */
  readonly title: string
}

const error = (title: string): CodeRow => ({ severity: 'error', title })
const warning = (title: string): CodeRow => ({ severity: 'warning', title })

/**
 * Every code of this package. A code is never given a second meaning: people search for it, and `docs/errors.md`
 * keeps a section for each. PC21xx: an annotation; PC22xx: the schema as a whole; PC23xx: a policy set;
 * PC24xx: the generator; x50 and up: warnings.
 */
export const codes = {
  PC2101: error('an annotation is not closed'),
  PC2102: error('an annotation does not follow the grammar'),
  PC2103: error('unknown strategy'),
  PC2104: error('unknown argument'),
  PC2105: error('an argument that the strategy does not take'),
  PC2106: error('a value of the wrong kind'),
  PC2107: error('an argument is given twice'),
  PC2108: error('the colon after an argument is missing'),
  PC2109: error('the value of an argument is missing'),
  PC2110: error('a duration without a unit'),
  PC2111: error('a value out of range'),
  PC2112: error('part of the language but not available in this version'),
  PC2113: error('two strategies on one model'),
  PC2114: error('an annotation on something that is not a model'),
  PC2115: error('an annotation above nothing'),
  PC2116: error('a field annotation on something that is not a field'),
  PC2117: error('a field annotation on a field without a column'),
  PC2118: error('a field annotation is given twice'),
  PC2119: error('two version fields on one model'),
  PC2150: warning('an annotation in a plain comment has no effect'),
  PC2151: warning('a comment that looks like an annotation has no effect'),
  PC2201: error('write-behind with strong consistency'),
  PC2202: error('write-behind with an id that only the database can make'),
  PC2203: error('write-behind without a primary key'),
  PC2204: error('a view with a caching strategy'),
  PC2212: error('write-behind that bypasses the cache'),
  PC2250: warning('a strong model requires a write-behind model'),
  PC2251: warning('an annotation on an ignored model has no effect'),
  PC2301: error('a value that is not a policy set'),
  PC2302: error('overrides that do not fit the generated policies'),
  PC2303: error('unknown model'),
  PC2401: error('the generator has no output folder'),
  PC2402: error('the database is not Postgres'),
} as const satisfies Readonly<Record<string, CodeRow>>

export type Code = keyof typeof codes
