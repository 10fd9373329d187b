/** A measurement that is no race of single operations: it tells what it did and what came of it. */
export interface Story {
  readonly name: string
  tell(options: { readonly quick: boolean }): Promise<Told>
}

export interface Told {
  readonly lines: readonly string[]
  /** For `results/latest.json`. */
  readonly figures: Readonly<Record<string, number>>
}

/** What must hold for the figures to mean anything. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`the benchmark is void: ${what}`)
}
