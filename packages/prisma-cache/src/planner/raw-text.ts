/**
 * The text of a raw statement as Postgres gets it, parameters as `$1`. Prisma hands over what the caller gave: an array
 * that begins with the text, a `Sql` of `sql-template-tag`, or a statement of TypedSQL.
 *
 * @returns undefined when the arguments are of no such form
 */
export function rawText(args: unknown): string | undefined {
  if (args === null || typeof args !== 'object') return undefined
  const { text, sql } = args as { text?: unknown; sql?: unknown }
  // A `Sql` has both; its `sql` marks parameters as `?`, which is an operator of jsonb.
  const given: unknown = Array.isArray(args) ? args[0] : (text ?? sql)
  return typeof given === 'string' ? given : undefined
}
