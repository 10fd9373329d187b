import pg from 'pg'

/** A `pg.Client` class that counts what it sends, `BEGIN` and `COMMIT` too: below Prisma and its driver adapter. */
export function createStatementCounter(): { readonly Client: typeof pg.Client; count(): number } {
  let statements = 0
  class CountingClient extends pg.Client {
    // pg overloads `query` seven times.
    override query(...args: unknown[]): never {
      statements++
      return (super.query as (...forwarded: unknown[]) => never).apply(this, args)
    }
  }
  return { Client: CountingClient as unknown as typeof pg.Client, count: () => statements }
}
