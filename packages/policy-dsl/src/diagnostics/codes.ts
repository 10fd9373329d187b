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
  PC2204: error('a cached view that does not say what it depends on'),
  PC2205: error('a field that the model does not have'),
  PC2206: error('a relation where a column is needed'),
  PC2207: error('narrowing by a field whose values have several spellings'),
  PC2208: error('a field that the cache goes by is omitted'),
  PC2209: error('write-behind on a view'),
  PC2210: error('a field that cannot be a version'),
  PC2211: error('a field that cannot be a scope'),
  PC2212: error('write-behind that bypasses the cache'),
  PC2213: error('a near cache with strong consistency'),
  PC2214: error('dependsOn names no model'),
  PC2215: error('a near cache that is never read'),
  PC2216: error('a name that every JavaScript object has'),
  PC2250: warning('a strong model requires a write-behind model'),
  PC2251: warning('an annotation on an ignored model has no effect'),
  PC2252: warning('increments that a forgetful Redis applies twice'),
  PC2253: warning('strong writes that bypass the cache'),
  PC2254: warning('a strong model that depends on a weaker one'),
  PC2255: warning('write-behind that accepts nothing'),
  PC2256: warning('write-behind that accepts little'),
  PC2257: warning('dependsOn names a view that nobody knows the writes of'),
  PC2258: warning('dependsOn names its own model'),
  PC2301: error('a value that is not a policy set'),
  PC2302: error('overrides that do not fit the generated policies'),
  PC2303: error('unknown model'),
  PC2401: error('the generator has no output folder'),
  PC2402: error('the database is not Postgres'),
  PC2403: error('an option that the generator does not take'),
  PC2404: error('policies in a folder that Prisma empties'),
  PC2405: error('the schema has no datasource'),
} as const satisfies Readonly<Record<string, CodeRow>>

export type Code = keyof typeof codes
