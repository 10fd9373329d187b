import { randomBytes } from 'node:crypto'

/** Milliseconds a version, once made, is kept. A missing version is a miss, so this bounds memory, not correctness. */
export const VERSION_LIFETIME_MS = 8 * 24 * 3600 * 1000

const processPart = randomBytes(6).toString('base64url')
let counter = 0

/** Unique among all processes; never holds the separators `:`, `;`, `,` or `.` of the texts that it is put into. */
export function createNonce(): string {
  counter = (counter + 1) % Number.MAX_SAFE_INTEGER
  return `${processPart}${counter.toString(36)}`
}

/** Is `version` made at or after `marker`? Versions of one tag grow with every replacement. */
export function atOrPast(version: string, marker: string): boolean {
  return version === marker || orderOf(version) > orderOf(marker)
}

function orderOf(version: string): number {
  return Number(version.slice(0, version.indexOf('.')))
}
