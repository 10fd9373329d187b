/** What one look at the servers has found. */
export interface Finding {
  readonly area: 'Redis' | 'Postgres' | 'queue' | 'schema'
  /** `problem`: a promise is not kept, or writes wait for nobody. */
  readonly state: 'ok' | 'warning' | 'problem'
  readonly text: string
  /** What mends it. */
  readonly next?: string
}

export const ok = (area: Finding['area'], text: string): Finding => ({ area, state: 'ok', text })
export const warning = (area: Finding['area'], text: string, next: string): Finding => ({
  area,
  state: 'warning',
  text,
  next,
})
export const problem = (area: Finding['area'], text: string, next: string): Finding => ({
  area,
  state: 'problem',
  text,
  next,
})
