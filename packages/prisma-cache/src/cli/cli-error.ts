import type { ErrorCode } from '../errors/cache-error.js'

/** Every code of the command; each has its paragraph in `docs/errors.md`. */
export type CliCode =
  | 'PC6000' // a mistake of the command itself
  | 'PC6001' // unknown command
  | 'PC6002' // a flag or word that the command does not take
  | 'PC6003' // an answer is missing and there is no terminal to ask at
  | 'PC6004' // unknown model
  | 'PC6005' // `--schema` or `--config` names nothing
  | 'PC6101' // no schema found
  | 'PC6102' // the Prisma config computes its schema
  | 'PC6103' // a schema file cannot be read
  | 'PC6104' // Prisma refuses the schema
  | 'PC6105' // a package is not installed
  | 'PC6106' // annotations, generators or datasource have errors
  | 'PC6201' // no generator of Prisma Client
  | 'PC6202' // a file could not be written, or changed meanwhile
  | 'PC6203' // the name of the ledger is taken
  | 'PC6301' // no URL of Redis or Postgres
  | 'PC6302' // Redis does not answer
  | 'PC6303' // Postgres does not answer
  | 'PC6304' // a flush did not finish, or some of it was rejected
  | 'PC6305' // no such rejected write
  | 'PC6306' // a rejected write cannot be accepted once more

/** 1: something in the project is wrong; 2: the call is. */
export type FailureCode = 1 | 2

/** Ends the command. It is printed as code, message and next step, without a stack. */
export class CliError extends Error {
  readonly code: CliCode | ErrorCode
  readonly next: string
  readonly exitCode: FailureCode

  constructor(code: CliCode | ErrorCode, message: string, next: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'CliError'
    this.code = code
    this.next = next
    // Of those that the library has, none is about how the command was called.
    this.exitCode = /^PC600[1-5]$/.test(code) ? 2 : 1
  }
}

export function printError({ code, message, next }: CliError): string {
  return `error[${code}]: ${message}\n  = next: ${next}`
}
