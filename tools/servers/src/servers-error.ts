/** Every code that this package can throw; each stands in docs/errors.md under "Servers". */
export type ServersErrorCode =
  | 'PC5001'
  | 'PC5002'
  | 'PC5003'
  | 'PC5004'
  | 'PC5005'
  | 'PC5006'
  | 'PC5011'
  | 'PC5012'
  | 'PC5013'
  | 'PC5014'
  | 'PC5021'
  | 'PC5022'
  | 'PC5023'
  | 'PC5024'

export interface ServersErrorParts {
  readonly code: ServersErrorCode
  /** What happened and why, one sentence without a full stop. */
  readonly reason: string
  /** What the person at the terminal can do now. */
  readonly nextStep: string
  readonly cause?: unknown
}

/** A server or a migration that cannot be had, with the reason and what to do about it. */
export class ServersError extends Error {
  override readonly name = 'ServersError'
  readonly code: ServersErrorCode
  readonly reason: string
  readonly nextStep: string

  constructor(parts: ServersErrorParts) {
    super(
      `${parts.code}: ${parts.reason}.\nNext step: ${parts.nextStep}.`,
      parts.cause === undefined ? {} : { cause: parts.cause },
    )
    this.code = parts.code
    this.reason = parts.reason
    this.nextStep = parts.nextStep
  }
}

/** The text of whatever was thrown, AggregateErrors of the network layer included. */
export function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return thrown.errors.map(reasonOf).join('; ')
  if (thrown instanceof Error) return thrown.message || String((thrown as NodeJS.ErrnoException).code ?? thrown.name)
  return String(thrown)
}
