import fs from 'node:fs'
import path from 'node:path'

export interface PostmasterPid {
  readonly pid: number
  readonly port: number
  /** `ready` for a primary and for a hot standby that answers. */
  readonly status: string
}

/** What Postgres writes about itself into its data folder: its pid on line 1, its port on line 4, its state on line 8. */
export function readPostmasterPid(dataFolder: string): PostmasterPid | undefined {
  const file = path.join(dataFolder, 'postmaster.pid')
  if (!fs.existsSync(file)) return undefined
  try {
    return parsePostmasterPid(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined // it went away in between
  }
}

export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split('\n').map((line) => line.trim())
  if (!lines[0]) return undefined
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7] ?? '' }
}
