import { createHash } from 'node:crypto'
import * as commands from '../protocol/commands.generated.js'
import { leaseMark, type Stamps, stampLine } from '../protocol/entry.js'
import { runCommand } from '../protocol/run-command.js'
import { createNonce } from '../protocol/version.js'
import type { Link } from './link.js'

/** The right to load one question for everybody, as long as its holder lives: it renews itself until it is ended. */
export interface Lease {
  /** What stands at the key meanwhile. */
  readonly mark: string
  /** Takes the mark away, or leaves `text` for one lease. Nothing happens where something else stands by now. */
  end(text?: string): Promise<void>
  /** Renews no longer: the mark ends with its time. */
  abandon(): void
}

/**
 * A third of a fence. A loader that dies holds others up for so long; one that lives and is a stampede's may well be too
 * busy to renew for a second.
 */
export const loadLeaseMs = (link: Link): number => Math.max(10, Math.round(link.leaseMs / 3))

/** SHA-1 of what stands at a key, by which a script knows it again; '' for nothing. */
export function fingerprint(standing: string | undefined): string {
  return standing === undefined ? '' : createHash('sha1').update(standing).digest('hex')
}

/**
 * @param seen what stood at the key when the caller looked: an entry under other versions, a dead mark, or nothing
 * @returns undefined when somebody else was first, or Redis did not answer. Never rejects.
 */
export async function takeLease(
  link: Link,
  key: string,
  stamps: Stamps,
  seen: string | undefined,
): Promise<Lease | undefined> {
  if (!link.isUp()) return undefined
  const ms = loadLeaseMs(link)
  const mark = leaseMark(createNonce(), stampLine(stamps))
  const taken = await runCommand(link.redis, commands.takeLease, [key], [mark, ms, fingerprint(seen)]).catch(() => 0)
  if (taken !== 1) return undefined
  const turn = (text: string) => runCommand(link.redis, commands.turnLease, [key], [mark, text, ms])
  const renewal = setInterval(() => {
    // Redis may have lost it: whoever finds nothing there loads too, and no answer depends on who does.
    void turn(mark).then(
      (held) => held === 1 || clearInterval(renewal),
      () => {},
    )
  }, ms / 3)
  renewal.unref()
  return {
    mark,
    async end(text = '') {
      clearInterval(renewal)
      await turn(text).catch(() => {}) // ends with its time
    },
    abandon: () => clearInterval(renewal),
  }
}
