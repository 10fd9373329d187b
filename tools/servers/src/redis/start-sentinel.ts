import fs from 'node:fs'
import path from 'node:path'
import { onFreePort } from '../process/on-free-port.js'
import { spawnTied, type TiedProcess } from '../process/spawn-tied.js'
import { temporaryFolder } from '../process/temporary-folder.js'
import { waitUntil } from '../process/wait-until.js'
import { ServersError } from '../servers-error.js'
import { ensureRedisBinary } from './ensure-redis-binary.js'

export interface SentinelOptions {
  /** Of the master that it watches, on the loopback interface. */
  readonly masterPort: number
  /** What clients call that master. */
  readonly name: string
  /** Milliseconds without an answer after which the master counts as gone. Default 500. */
  readonly downAfterMs?: number | undefined
}

export interface Sentinel {
  readonly port: number
  log(): string
  stop(): Promise<void>
}

const READY_WITHIN_MS = 15_000

/** One Sentinel, which decides alone: for tests of a failover, not for anything that must be right about it. */
export async function startSentinel(options: SentinelOptions): Promise<Sentinel> {
  const { masterPort, name, downAfterMs = 500 } = options
  const binary = await ensureRedisBinary()
  const folder = temporaryFolder('sentinel')
  // It writes what it learns into its own settings.
  const settings = path.join(folder.path, 'sentinel.conf')
  fs.writeFileSync(
    settings,
    [
      `sentinel monitor ${name} 127.0.0.1 ${masterPort} 1`,
      `sentinel down-after-milliseconds ${name} ${downAfterMs}`,
      `sentinel failover-timeout ${name} 5000`,
      '',
    ].join('\n'),
  )
  try {
    const { port, server } = await onFreePort(undefined, async (free) => ({
      port: free,
      server: await boot(binary.path, settings, folder.path, free),
    }))
    return {
      port,
      log: () => server.log(),
      async stop() {
        server.signal('KILL')
        await server.ended()
        await folder.remove()
      },
    }
  } catch (error) {
    await folder.remove()
    throw error
  }
}

async function boot(binary: string, settings: string, folder: string, port: number): Promise<TiedProcess> {
  const args = [settings, '--sentinel', '--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
  const server = await spawnTied(binary, [...args, '--daemonize', 'no'], { cwd: folder, whenOrphaned: 'KILL' })
  const ready = () => /Sentinel ID is/i.test(server.log())
  if ((await waitUntil(() => ready() || !server.running(), READY_WITHIN_MS)) && server.running()) return server
  server.signal('KILL')
  await server.ended()
  throw new ServersError({
    code: 'PC5014',
    reason: `the Sentinel did not start: ${server.log().trim() || 'it wrote nothing'}`,
    nextStep: 'mend what its log names',
  })
}
