/** The command line cannot be understood: the message says what to change, and the demo exits with 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
