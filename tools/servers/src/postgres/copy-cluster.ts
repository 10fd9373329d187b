import fs from 'node:fs'
import path from 'node:path'
import type { Account } from '../process/unprivileged-account.js'

/** Folders that a server makes anew; only they themselves are copied. */
const EMPTY = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
])
const LEFT_OUT = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'backup_label',
  'tablespace_map',
  'standby.signal',
  'recovery.signal',
])

/** The files of a running server, between `pg_backup_start` and `pg_backup_stop`: what changes meanwhile is in its log. */
export function copyCluster(from: string, to: string, account: Account | undefined): void {
  copyFolder(from, to, account, true)
  for (const folder of ['archive_status', 'summaries']) makeFolder(path.join(to, 'pg_wal', folder), account)
}

/** Writes one file that belongs to the account. */
export function putFile(file: string, text: string, account: Account | undefined): void {
  fs.writeFileSync(file, text, { mode: 0o600 })
  if (account) fs.chownSync(file, account.uid, account.gid)
}

function copyFolder(from: string, to: string, account: Account | undefined, top: boolean): void {
  makeFolder(to, account)
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [path.join(from, entry.name), path.join(to, entry.name)]
    if (top && LEFT_OUT.has(entry.name)) continue
    if (entry.isDirectory()) {
      if (top && EMPTY.has(entry.name)) makeFolder(target, account)
      else copyFolder(source, target, account, false)
    } else if (entry.isFile()) copyFile(source, target, account)
  }
}

function makeFolder(folder: string, account: Account | undefined): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (account) fs.chownSync(folder, account.uid, account.gid)
}

function copyFile(from: string, to: string, account: Account | undefined): void {
  try {
    fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return // dropped while we copied: the log says so too
    throw error
  }
  if (account) fs.chownSync(to, account.uid, account.gid)
  fs.chmodSync(to, 0o600)
}
