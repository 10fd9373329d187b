import fs from 'node:fs'
import path from 'node:path'
import { run } from '../process/run.js'
import { type Account, canReach } from '../process/unprivileged-account.js'

/**
 * The folder from which `account` can run the binaries: where they are, or a copy below `temporary` (60 MB, 0.1 s)
 * when they lie behind a folder that is closed to it, as in a checkout below root's home.
 */
export async function reachableBinaries(
  folder: string,
  account: Account | undefined,
  temporary: string,
): Promise<string> {
  const binary = path.join(folder, 'postgres')
  if (!account || (canReach(account, binary) && runsForAll(binary))) return folder
  const copy = path.join(temporary, 'postgres-binaries')
  if (!fs.existsSync(copy)) {
    fs.cpSync(path.dirname(folder), copy, { recursive: true, verbatimSymlinks: true })
    await run('chmod', ['-R', 'a+rX', copy])
  }
  return path.join(copy, 'bin')
}

/** Installed under a strict umask, the binaries are for their owner alone. */
function runsForAll(binary: string): boolean {
  return (fs.statSync(binary).mode & 0o005) === 0o005
}
