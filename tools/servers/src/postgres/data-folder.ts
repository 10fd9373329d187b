import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { run } from '../process/run.js'
import { type Account, canReach } from '../process/unprivileged-account.js'
import { ServersError } from '../servers-error.js'

/**
 * The folder that holds the data a caller wants kept in `wanted`. As root that is another one when the account
 * Postgres runs as cannot enter it (a project below root's home): one in /var/tmp, the same for the same `wanted`.
 */
export function reachableDataFolder(wanted: string, account: Account | undefined): string {
  const folder = path.resolve(wanted)
  if (canReach(account, folder)) return folder
  const name = crypto.createHash('sha256').update(folder).digest('hex').slice(0, 12)
  return path.join('/var/tmp', `prisma-cache-postgres-${name}`)
}

/** Makes an empty database cluster in `folder`, unless one is there. Superuser `postgres`, no password, loopback only. */
export async function ensureCluster(folder: string, binaries: string, account: Account | undefined): Promise<void> {
  if (fs.existsSync(path.join(folder, 'PG_VERSION'))) return checkOwner(folder, account)
  fs.mkdirSync(path.dirname(folder), { recursive: true })
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (account) fs.chownSync(folder, account.uid, account.gid)
  const { status, stderr } = await run(
    path.join(binaries, 'initdb'),
    ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'],
    { cwd: '/', ...(account && { uid: account.uid, gid: account.gid }) },
  )
  if (status === 0) return
  throw new ServersError({
    code: 'PC5004',
    reason: `initdb could not make a database cluster in ${folder}: ${stderr.trim()}`,
    nextStep: 'mend what it names (a full disk, a folder without write permission), or set DATABASE_URL',
  })
}

/** Postgres trusts no folder of somebody else, and says so less clearly. */
function checkOwner(folder: string, account: Account | undefined): void {
  const uid = account?.uid ?? process.getuid?.()
  const owner = fs.statSync(folder).uid
  if (owner === uid) return
  throw new ServersError({
    code: 'PC5005',
    reason: `The data folder ${folder} belongs to user id ${owner}, and Postgres would run as ${uid}`,
    nextStep: 'choose another data folder, or give this one to that user',
  })
}
