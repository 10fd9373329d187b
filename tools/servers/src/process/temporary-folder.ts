import { spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Account, canReach } from './unprivileged-account.js'

export interface TemporaryFolder {
  readonly path: string
  remove(): Promise<void>
}

/**
 * Removes the folder once this process is gone without having done so. Servers below it are ending at the same time
 * and may still write a last file, hence the second look.
 */
const SWEEP = `
read done
[ "$done" = removed ] && exit 0
while :; do
  sleep 0.3
  rm -rf "$1"
  sleep 0.3
  [ -e "$1" ] || exit 0
done`

/** A folder of this process and of `account`, gone when `remove` is called or when this process ends, SIGKILL included. */
export function temporaryFolder(name: string, account?: Account): TemporaryFolder {
  const folder = fs.mkdtempSync(path.join(baseFor(account), `prisma-cache-${name}-`))
  if (account) fs.chownSync(folder, account.uid, account.gid)
  const sweeper = spawn('/bin/sh', ['-c', SWEEP, 'sh', folder], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const input = sweeper.stdin
  input.on('error', () => {}) // it ended first: nothing is left to sweep
  sweeper.unref()
  ;(input as unknown as { unref(): void }).unref()
  const gone = new Promise<void>((resolve) => sweeper.once('exit', () => resolve()))
  let removing: Promise<void> | undefined
  const remove = async (): Promise<void> => {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
    sweeper.ref()
    input.end('removed\n')
    await gone
  }
  return { path: folder, remove: () => (removing ??= remove()) }
}

/** The system's temporary folder; where that lies behind a folder closed to the account, one that is open to all. */
function baseFor(account: Account | undefined): string {
  const base = os.tmpdir()
  return canReach(account, path.join(base, 'x')) ? base : '/var/tmp'
}
