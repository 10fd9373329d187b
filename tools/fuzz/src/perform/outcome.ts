/** What became of an operation: an answer, or an error with what callers tell errors apart by. */
export type Outcome =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'error'; readonly name: string; readonly code: string | undefined; readonly message: string }

export async function outcomeOf(run: () => PromiseLike<unknown>): Promise<Outcome> {
  try {
    return { kind: 'answer', value: await run() }
  } catch (error) {
    return errorOutcome(error)
  }
}

export function errorOutcome(error: unknown): Outcome {
  const { name, code, message } = error as { name?: string; code?: string; message?: string }
  return { kind: 'error', name: name ?? typeof error, code, message: lastLine(message ?? String(error)) }
}

/** Whether it went well, and else how not. */
export const howOf = (outcome: Outcome): string =>
  outcome.kind === 'answer' ? 'an answer' : `${outcome.name} ${outcome.code ?? ''}`

/** Prisma's messages begin with a frame of the caller's source. */
function lastLine(message: string): string {
  return message.trim().split('\n').at(-1)!.trim()
}
