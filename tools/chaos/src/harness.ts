/** What every harness is told. */
export interface HarnessOptions {
  readonly seed: number
  /** No run begins after this, in ms since 1970. */
  readonly until: number | undefined
  readonly runs: number | undefined
  /** Flags that only this harness knows. Throws a FlagError at one that it does not. */
  readonly own: Readonly<Record<string, string>>
  readonly print: (line: string) => void
}

/** @returns whether everything that was promised was kept; what was not has been printed, with how to see it again */
export type Harness = (options: HarnessOptions) => Promise<boolean>
