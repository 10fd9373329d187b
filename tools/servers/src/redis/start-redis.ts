import fs from 'node:fs'
import path from 'node:path'
import { onFreePort } from '../process/on-free-port.js'
import { type Signal, spawnTied, type TiedProcess } from '../process/spawn-tied.js'
import { type TemporaryFolder, temporaryFolder } from '../process/temporary-folder.js'
import { waitUntil } from '../process/wait-until.js'
import { ServersError } from '../servers-error.js'
import { ensureRedisBinary } from './ensure-redis-binary.js'
import type { RedisBinary } from './redis-binary.js'

export interface RedisOptions {
  /** Kept when the server stops. Left out: a temporary folder, gone with the server. */
  readonly dataDir?: string | undefined
  readonly port?: number | undefined
  /** False: no append-only file, so a killed server forgets everything. Default: true, forced to disk at every write. */
  readonly appendOnly?: boolean | undefined
  /** Further arguments of redis-server, over those of this package. */
  readonly args?: readonly string[] | undefined
  /** Default: what `ensureRedisBinary` finds. */
  readonly binary?: RedisBinary | undefined
  /** Told when finding a server takes a download or fails in part. */
  readonly log?: ((line: string) => void) | undefined
}

export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly dataDir: string
  readonly binary: RedisBinary
  /** The last 20,000 characters of the server's log. */
  log(): string
  running(): boolean
  /** Changes with `restart`. */
  pid(): number
  /** Sends a signal. After `KILL` it resolves once the server is gone, else at once. */
  kill(signal: Signal): Promise<void>
  /** The same data folder and port again, after `kill`. */
  restart(): Promise<void>
  /** Ends the server, and its temporary folder. Safe to call twice. */
  stop(): Promise<void>
}

const READY_WITHIN_MS = 15_000
const STOPPED_WITHIN_MS = 5_000

/** Starts a Redis of its own on the loopback interface, which ends with this process however that ends. */
export async function startRedis(options: RedisOptions = {}): Promise<RedisServer> {
  const binary = options.binary ?? (await ensureRedisBinary(options.log))
  const temporary = options.dataDir ? undefined : temporaryFolder('redis')
  const folder = path.resolve(temporary?.path ?? options.dataDir!)
  fs.mkdirSync(folder, { recursive: true })
  const start = (port: number): Promise<TiedProcess> => boot(binary, folder, port, options)
  try {
    const started = await onFreePort(options.port, async (port) => ({ port, server: await start(port) }))
    return handle(binary, folder, started.port, started.server, start, temporary)
  } catch (error) {
    await temporary?.remove()
    throw error
  }
}

function handle(
  binary: RedisBinary,
  dataDir: string,
  port: number,
  first: TiedProcess,
  start: (port: number) => Promise<TiedProcess>,
  temporary: TemporaryFolder | undefined,
): RedisServer {
  let server = first
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    dataDir,
    binary,
    log: () => server.log(),
    running: () => server.running(),
    pid: () => server.pid,
    kill: async (signal) => {
      server.signal(signal)
      if (signal === 'KILL') await server.ended()
    },
    restart: async () => {
      await end(server)
      server = await start(port)
    },
    stop: async () => {
      await end(server)
      await temporary?.remove()
    },
  }
}

async function boot(binary: RedisBinary, folder: string, port: number, options: RedisOptions): Promise<TiedProcess> {
  const server = await spawnTied(binary.path, serverArguments(folder, port, options), {
    cwd: folder,
    // TERM would wait for a script that does not end; what was answered is in the append-only file already.
    whenOrphaned: 'KILL',
  })
  const ready = (): boolean => /ready to accept connections/i.test(server.log())
  const settled = await waitUntil(() => ready() || !server.running(), READY_WITHIN_MS)
  if (settled && server.running()) return server
  server.signal('KILL')
  await server.ended()
  throw new ServersError({
    code: 'PC5014',
    reason: `${binary.kind} ${binary.version} did not start in ${folder}: ${server.log().trim() || 'it wrote nothing'}`,
    nextStep: 'mend what its log names, or set REDIS_URL to a server that runs',
  })
}

export function serverArguments(folder: string, port: number, options: RedisOptions): readonly string[] {
  const durability = options.appendOnly === false ? ['no'] : ['yes', '--appendfsync', 'always']
  return [
    ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--daemonize', 'no'],
    ...['--save', '', '--appendonly', ...durability],
    ...['--maxmemory-policy', 'noeviction'], // the queue loses jobs under any other
    ...(options.args ?? []),
  ]
}

async function end(server: TiedProcess): Promise<void> {
  server.signal('TERM')
  server.signal('CONT')
  if (await waitUntil(() => !server.running(), STOPPED_WITHIN_MS)) return
  server.signal('KILL')
  await server.ended()
}
