/** What a process answers to: asynchronous methods over values that the structured clone algorithm can carry. */
// biome-ignore lint/suspicious/noExplicitAny: the parameters of each method are its own
export type Methods = { readonly [name: string]: (...args: any[]) => Promise<unknown> }

export interface Request {
  readonly id: number
  readonly name: string
  readonly args: readonly unknown[]
}

export type Response =
  | { readonly id: number; readonly result: unknown }
  | {
      readonly id: number
      readonly error: { readonly name: string; readonly message: string; readonly stack?: string }
    }
