import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { findExecutable } from '../process/find-executable.js'
import { run } from '../process/run.js'
import { cacheFolder } from './cache-folder.js'
import { probeRedis, type RedisBinary } from './redis-binary.js'

/** The same distance from here in `src` and in `dist`. */
const SCRIPT = fileURLToPath(new URL('../../scripts/redis-rootless.sh', import.meta.url))

export interface DebianAttempt {
  readonly binary?: RedisBinary
  /** Why there is none, one line each road. */
  readonly failures: readonly string[]
}

/** On Debian and its relatives: a server unpacked from the distribution's signed packages, nothing installed, no root. */
export async function debianRedis(log: (line: string) => void): Promise<DebianAttempt> {
  const tools = ['bash', 'apt-get', 'dpkg']
  const missing = tools.filter((tool) => !findExecutable(tool))
  if (process.platform !== 'linux' || missing.length > 0) return { failures: [] }
  const cache = cacheFolder()
  if (!cache) return { failures: ['no folder to unpack one into: set XDG_CACHE_HOME'] }
  const failures: string[] = []
  // Valkey first: it has WAITAOF, which the Redis of older releases has not.
  for (const wanted of ['valkey', 'redis'] as const) {
    const { status, stdout, stderr } = await run('bash', [SCRIPT, cache, wanted])
    const file = stdout.trim().split('\n').at(-1)
    const binary =
      status === 0 && file ? await probeRedis(file, `package unpacked in ${path.dirname(file)}`) : undefined
    if (binary) return { binary, failures }
    failures.push(`${wanted} from the distribution: ${firstError(stderr) ?? 'it does not run here'}`)
    log(failures.at(-1)!)
  }
  return { failures }
}

/** apt warns at length; what it could not do begins with `E:`. */
function firstError(stderr: string): string | undefined {
  const lines = stderr.trim().split('\n')
  return lines.find((line) => /^(E|W): Failed|^E: /.test(line)) ?? (lines.at(-1) || undefined)
}
