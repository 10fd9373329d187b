import * as commands from '../protocol/commands.generated.js'
import { headEnd, type Learned, type Stamps, stampLine } from '../protocol/entry.js'
import { runCommand } from '../protocol/run-command.js'
import { fingerprint } from './lease.js'
import type { Link } from './link.js'

/** `outrun`: an answer of later stamps has taken the place of what the caller knew of. */
export type Filled = 'stored' | 'conflict' | 'outrun' | 'unavailable'

const OUTCOMES: Readonly<Record<number, Filled>> = { 1: 'stored', [-1]: 'conflict', [-2]: 'outrun' }

export interface Fill {
  readonly entry: string
  /** Of the lookup before the load. */
  readonly stamps: Stamps
  readonly text: string
  readonly lifeMs: number
  readonly learned?: Learned | undefined
  /** What stood at the entry's key before the load, where it is to be replaced and not to be taken for a conflict. */
  readonly known?: string | undefined
  /** How old it is already, in ms: so much less of its life remains, and whoever asks for its age is told. */
  readonly ageMs?: number | undefined
}

/** Stores what a load brought. */
export async function fill(
  link: Link,
  { entry, stamps, text, lifeMs, learned, known, ageMs = 0 }: Fill,
): Promise<Filled> {
  if (!link.isUp()) return 'unavailable'
  try {
    const args = [
      stampLine(stamps),
      headEnd(lifeMs, text, learned),
      text,
      Math.max(1, Math.ceil(lifeMs - ageMs)),
      fingerprint(known),
    ]
    return OUTCOMES[(await runCommand(link.redis, commands.fill, [entry], args)) as number]!
  } catch {
    return 'unavailable'
  }
}
