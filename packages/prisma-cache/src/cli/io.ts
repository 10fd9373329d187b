/** What a command has of the world besides files, so that a test can give it its own. */
export interface Io {
  readonly cwd: string
  /** A line of the answer. */
  out(text: string): void
  /** A line about what went wrong. */
  err(text: string): void
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Resolves when a command that runs until then is to end. */
  stopped?(): Promise<void>
  /** Absent where nobody is at a terminal. */
  readonly ask?: Prompts
}

export interface Choice<T extends string> {
  readonly value: T
  readonly label: string
  readonly hint?: string
}

/** Each resolves to undefined when the person at the terminal cancels. */
export interface Prompts {
  confirm(message: string, initial: boolean): Promise<boolean | undefined>
  select<T extends string>(message: string, choices: readonly Choice<T>[]): Promise<T | undefined>
}
