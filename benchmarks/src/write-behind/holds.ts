/** What must hold for the figures to mean anything. */
export function holds(condition: boolean, what: string): void {
  if (!condition) throw new Error(`the benchmark is void: ${what}`)
}
