/** A node of Postgres's parse tree: `{ SelectStmt: { … } }`, or the fields of one. */
export type SqlNode = Readonly<Record<string, unknown>>

type Parse = (text: string) => readonly SqlNode[] | undefined

/** A longer text would hold up the process: the parser needs a tenth of a millisecond and more per thousand characters. */
const LONGEST = 128 * 1024

/** The parser would not see the end of the text: it stops at the first, and counts the bytes of the second wrongly. */
const UNSPEAKABLE = /\0|\p{Surrogate}/u

let parser: Promise<Parse> | undefined

/**
 * The statements of a text, read by Postgres's own parser. It is loaded when first needed: 1.7 MB, some 50 ms.
 *
 * @returns undefined when the text does not parse, and when there is no parser
 */
export async function parseSql(text: string): Promise<readonly SqlNode[] | undefined> {
  if (text.length > LONGEST || UNSPEAKABLE.test(text)) return undefined
  if (text === '') return []
  parser ??= loadParser()
  return (await parser)(text)
}

async function loadParser(): Promise<Parse> {
  try {
    const { loadModule, parseSync, SqlError } = await import('libpg-query')
    await loadModule()
    let failed = false
    return (text) => {
      if (failed) return undefined
      try {
        return (parseSync(text).stmts ?? []).map(({ stmt }) => (stmt ?? {}) as SqlNode)
      } catch (error) {
        if (error instanceof SqlError) return undefined
        // Thousands of nested expressions overflow its stack, which leaves its memory in disorder: the next answer may
        // be wrong.
        failed = true
        warn('failed on a statement and is not used any more', error)
        return undefined
      }
    }
  } catch (error) {
    warn('cannot be loaded (a bundler must leave `libpg-query` external)', error)
    return () => undefined
  }
}

function warn(what: string, cause: unknown): void {
  process.emitWarning(
    `the SQL parser ${what}: until the process ends, raw SQL outside \`$cache.writes\` counts as a write to every model. ` +
      String(cause),
    'PrismaCacheWarning',
  )
}
