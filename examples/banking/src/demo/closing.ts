/** What was opened, closed in the opposite order, once, however the demo ends. */
export class Closing {
  private readonly steps: (() => Promise<void>)[] = []
  private closed: Promise<void> | undefined

  add(step: () => Promise<void>): void {
    this.steps.unshift(step)
  }

  close(): Promise<void> {
    this.closed ??= this.closeAll()
    return this.closed
  }

  private async closeAll(): Promise<void> {
    for (const step of this.steps) {
      // One that fails must not keep the others open.
      await step().catch((error: unknown) => console.error(error))
    }
  }
}
