import { run } from '../process/run.js'

export interface RedisBinary {
  readonly path: string
  /** For people: where it was found. */
  readonly source: string
  readonly kind: 'redis' | 'valkey'
  readonly version: string
  /** Whether the server knows WAITAOF (Redis 7.2, every Valkey). */
  readonly waitaof: boolean
}

/** The binary at `path`, or undefined when it does not run here or is something else. */
export async function probeRedis(path: string, source: string): Promise<RedisBinary | undefined> {
  const { status, stdout } = await run(path, ['--version'])
  const parsed = parseVersion(stdout)
  return status === 0 && parsed ? { path, source, ...parsed } : undefined
}

export function parseVersion(text: string): Pick<RedisBinary, 'kind' | 'version' | 'waitaof'> | undefined {
  const match = /^(Redis|Valkey) server v=((\d+)\.(\d+)\.\S+)/i.exec(text)
  if (!match) return undefined
  const [major, minor] = [Number(match[3]), Number(match[4])]
  return {
    kind: match[1]?.toLowerCase() === 'valkey' ? 'valkey' : 'redis',
    version: match[2]!,
    waitaof: major > 7 || (major === 7 && minor >= 2),
  }
}
