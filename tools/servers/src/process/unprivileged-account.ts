import fs from 'node:fs'
import path from 'node:path'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/**
 * Postgres refuses to run as root: when we are root, the account it runs as. It must have a passwd entry, since
 * initdb looks its name up. Undefined when we are not root, and servers simply run as us.
 */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined
  return accountFrom(fs.readFileSync('/etc/passwd', 'utf8'))
}

export function accountFrom(passwd: string): Account | undefined {
  const rows = passwd.split('\n').map((line) => line.split(':'))
  for (const wanted of ['postgres', 'nobody', 'daemon']) {
    const row = rows.find(([name]) => name === wanted)
    if (row) return { name: wanted, uid: Number(row[2]), gid: Number(row[3]) }
  }
  return undefined
}

/**
 * Whether the account may pass through every folder above `target` (which need not exist). A home of mode 0700,
 * such as root's, is the usual obstacle.
 */
export function canReach(account: Account | undefined, target: string): boolean {
  if (!account) return true
  for (let folder = path.dirname(path.resolve(target)); ; folder = path.dirname(folder)) {
    const stat = fs.statSync(folder, { throwIfNoEntry: false })
    if (stat && !(stat.mode & passBit(account, stat))) return false
    if (folder === path.dirname(folder)) return true
  }
}

function passBit(account: Account, stat: fs.Stats): number {
  if (stat.uid === account.uid) return 0o100
  return stat.gid === account.gid ? 0o010 : 0o001
}
