import path from 'node:path'
import { onFreePort } from '../process/on-free-port.js'
import { type Signal, spawnTied, type TiedProcess } from '../process/spawn-tied.js'
import { temporaryFolder } from '../process/temporary-folder.js'
import { type Account, unprivilegedAccount } from '../process/unprivileged-account.js'
import { waitUntil } from '../process/wait-until.js'
import { ServersError } from '../servers-error.js'
import { ensureCluster, reachableDataFolder } from './data-folder.js'
import { createDatabase } from './databases.js'
import { findPostgres } from './find-postgres.js'
import type { PostgresBinaries } from './postgres-binaries.js'
import { readPostmasterPid } from './postmaster-pid.js'
import { reachableBinaries } from './reachable-binaries.js'
import { serverArguments } from './server-settings.js'

export interface PostgresOptions {
  /** Kept when the server stops. Left out: a temporary folder, gone with the server. */
  readonly dataDir?: string | undefined
  readonly port?: number | undefined
  /** Made when it does not exist, and named by `url`. Default: `postgres`. */
  readonly database?: string | undefined
  /** Settings of postgresql.conf, over those of this package. */
  readonly settings?: Readonly<Record<string, string>> | undefined
  /** Force commits to disk, as a real server does. Default: only with a `dataDir`. */
  readonly durable?: boolean | undefined
}

export interface PostgresServer {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly binaries: PostgresBinaries
  /** The last 20,000 characters of the server's log. */
  log(): string
  running(): boolean
  /** Of the postmaster; changes with `restart`. */
  pid(): number
  /** Sends a signal. After `KILL` it resolves once the server and its backends are gone, else at once. */
  kill(signal: Signal): Promise<void>
  /** The same data folder and port again, after `kill`. */
  restart(): Promise<void>
  /** Ends the server, and its temporary folder. Safe to call twice. */
  stop(): Promise<void>
}

/** Where a server lives, and as whom it runs. */
export interface Place {
  readonly folder: string
  readonly binaries: string
  readonly account: Account | undefined
}

const READY_WITHIN_MS = 60_000
const STOPPED_WITHIN_MS = 10_000

/** Starts a Postgres of its own on the loopback interface, which ends with this process however that ends. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  return await startServer(options, {
    prepare: ({ folder, binaries, account }) => ensureCluster(folder, binaries, account),
    urlOf: (port) => urlOf(port, options.database),
  })
}

/** How a kind of server differs from the others. */
export interface ServerKind {
  /** Puts data into the folder, unless some is there. */
  prepare(place: Place): Promise<void>
  urlOf(port: number): Promise<string>
}

export async function startServer(options: PostgresOptions, kind: ServerKind): Promise<PostgresServer> {
  const binaries = await findPostgres()
  const account = accountOrRefuse()
  const temporary = temporaryFolder('postgres', account)
  try {
    const place: Place = {
      folder: options.dataDir ? reachableDataFolder(options.dataDir, account) : path.join(temporary.path, 'data'),
      binaries: await reachableBinaries(binaries.folder, account, temporary.path),
      account,
    }
    await kind.prepare(place)
    refuseFolderInUse(place.folder)
    const started = await onFreePort(options.port, async (port) => ({ port, server: await boot(place, port, options) }))
    const { port } = started
    let { server } = started
    const stop = async (): Promise<void> => {
      await end(server)
      await temporary.remove()
    }
    try {
      const url = await kind.urlOf(port)
      return {
        url,
        port,
        dataDir: place.folder,
        binaries,
        log: () => server.log(),
        running: () => server.running(),
        pid: () => server.pid,
        kill: async (signal) => {
          server.signal(signal)
          if (signal === 'KILL') await server.ended()
        },
        restart: async () => {
          await end(server)
          server = await boot(place, port, options)
        },
        stop,
      }
    } catch (error) {
      await end(server)
      throw error
    }
  } catch (error) {
    await temporary.remove()
    throw error
  }
}

async function boot(place: Place, port: number, options: PostgresOptions): Promise<TiedProcess> {
  const durable = options.durable ?? options.dataDir !== undefined
  const server = await spawnTied(
    path.join(place.binaries, 'postgres'),
    serverArguments(place.folder, port, { durable, settings: options.settings }),
    // QUIT is Postgres's immediate stop: backends and shared memory go at once, and what was committed is recovered.
    { account: place.account, cwd: '/', whenOrphaned: 'QUIT' },
  )
  const ready = (): boolean => {
    const state = readPostmasterPid(place.folder)
    return state?.pid === server.pid && state.port === port && state.status === 'ready'
  }
  const settled = await waitUntil(() => ready() || !server.running(), READY_WITHIN_MS)
  if (settled && server.running()) return server
  server.signal('KILL')
  await server.ended()
  throw new ServersError({
    code: 'PC5004',
    reason: `Postgres did not start in ${place.folder}: ${server.log().trim() || 'it wrote nothing'}`,
    nextStep: 'mend what its log names, or set DATABASE_URL to a server that runs',
  })
}

async function end(server: TiedProcess): Promise<void> {
  server.signal('INT')
  server.signal('CONT')
  if (await waitUntil(() => !server.running(), STOPPED_WITHIN_MS)) return
  server.signal('QUIT')
  await server.ended()
}

async function urlOf(port: number, database = 'postgres'): Promise<string> {
  const base = `postgresql://postgres@127.0.0.1:${port}/postgres`
  return database === 'postgres' ? base : createDatabase(base, database)
}

function accountOrRefuse(): Account | undefined {
  const account = unprivilegedAccount()
  if (account || process.getuid?.() !== 0) return account
  throw new ServersError({
    code: 'PC5004',
    reason: 'Postgres refuses to run as root, and /etc/passwd names no account postgres, nobody or daemon',
    nextStep: 'run this as another user, or set DATABASE_URL',
  })
}

function refuseFolderInUse(folder: string): void {
  const other = readPostmasterPid(folder)
  if (!other || !isAlive(other.pid)) return
  throw new ServersError({
    code: 'PC5005',
    reason: `The data folder ${folder} is in use by the Postgres with pid ${other.pid}`,
    nextStep: 'stop that one, or choose another data folder',
  })
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
