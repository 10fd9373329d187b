import type { ToChild } from './messages.js'

/** What a child is, once it is opened. */
export interface Opened {
  call?(message: Extract<ToChild, { type: 'call' | 'cache' }>): void
  close(): Promise<void>
}
