import fs from 'node:fs'
import path from 'node:path'
import { findExecutable } from '../process/find-executable.js'

/** Folders in which packages put one Postgres per version, and how the version's folder is called there. */
const VERSIONED = [
  { base: '/usr/lib/postgresql', folder: /^\d+$/ },
  { base: '/usr/pgsql', folder: /^\d+$/ },
  { base: '/opt/homebrew/opt', folder: /^postgresql@\d+$/ },
  { base: '/usr/local/opt', folder: /^postgresql@\d+$/ },
] as const

/** `bin` folders of the Postgres servers installed on this machine, newest first, then the one on PATH. */
export function systemBinaries(): readonly string[] {
  const versioned = VERSIONED.flatMap(({ base, folder }) =>
    entries(base)
      .filter((name) => folder.test(name))
      .map((name) => ({ version: Number(/\d+$/.exec(name)?.[0]), bin: path.join(base, name, 'bin') })),
  )
  const newestFirst = versioned.sort((a, b) => b.version - a.version).map(({ bin }) => bin)
  const onPath = findExecutable('postgres')
  return [...newestFirst, ...(onPath ? [path.dirname(fs.realpathSync(onPath))] : [])].filter(isComplete)
}

function entries(folder: string): readonly string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder) : []
}

/** A client-only installation has no initdb. */
function isComplete(bin: string): boolean {
  return ['postgres', 'initdb'].every((name) => fs.existsSync(path.join(bin, name)))
}
