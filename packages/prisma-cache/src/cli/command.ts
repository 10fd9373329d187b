import type { Io } from './io.js'

export interface Flag {
  readonly name: string
  /** Stands for the value in the help; absent for a flag that is only given or not. */
  readonly value?: string
  /** The only values that it takes. */
  readonly choices?: readonly string[]
  readonly summary: string
}

export interface CommandLine {
  readonly words: readonly string[]
  /** Value of a flag; `true` for one without a value. */
  readonly flags: Readonly<Record<string, string | true>>
}

/** 130: a person ended it with Ctrl-C, as a shell counts it. */
export type ExitCode = 0 | 1 | 2 | 130

export interface Command {
  readonly name: string
  readonly summary: string
  /** Lines of the help, between usage and flags. */
  readonly about: readonly string[]
  /** Words behind the name, as in `<Model>` or `[<Model>]`. */
  readonly word?: string
  /** How many of them it takes. Default: one where `word` is given. */
  readonly mostWords?: number
  readonly flags: readonly Flag[]
  /** Loaded when it runs: `--help` needs neither Prisma nor a schema. */
  load(): Promise<(line: CommandLine, io: Io) => Promise<ExitCode>>
}

const schemaFlag: Flag = {
  name: 'schema',
  value: '<file|folder>',
  summary: 'the schema; otherwise it is looked for as Prisma does',
}

/** Of every command that reads the schema. */
export const schemaFlags: readonly Flag[] = [
  schemaFlag,
  { name: 'config', value: '<file>', summary: 'the Prisma config; otherwise it is looked for as Prisma does' },
]

export const queueFlags: readonly Flag[] = [
  ...schemaFlags,
  { name: 'redis', value: '<url>', summary: 'the Redis of cache and queue; otherwise REDIS_URL' },
  { name: 'namespace', value: '<name>', summary: 'as the clients have it; otherwise pc' },
]

export const databaseFlag: Flag = {
  name: 'database',
  value: '<url>',
  summary: 'the Postgres that is written to; otherwise DATABASE_URL',
}

export function textFlag(line: CommandLine, name: string): string | undefined {
  const value = line.flags[name]
  return typeof value === 'string' ? value : undefined
}
