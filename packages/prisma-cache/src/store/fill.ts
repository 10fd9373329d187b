import * as commands from '../protocol/commands.generated.js'
import { type Stamps, stampLine } from '../protocol/entry.js'
import { runCommand } from '../protocol/run-command.js'
import type { Link } from './link.js'

export type Filled = 'stored' | 'conflict' | 'unavailable'

/** Stores what a load brought, under the stamps of the lookup before it. */
export async function fill(link: Link, entry: string, stamps: Stamps, text: string, ttlMs: number): Promise<Filled> {
  if (!link.isUp()) return 'unavailable'
  try {
    const reply = await runCommand(link.redis, commands.fill, [entry], [stampLine(stamps), text, ttlMs])
    return reply === -1 ? 'conflict' : 'stored'
  } catch {
    return 'unavailable'
  }
}
