import type { Cluster, Redis } from 'ioredis'

/** What `scripts/embed-lua.mjs` makes of one file under `lua/`. */
export interface LuaCommand {
  readonly name: string
  readonly numberOfKeys: number | 'N'
  readonly lua: string
  readonly sha1: string
}

/** Runs a script by its hash, and sends its text where the server does not know it (a new or restarted one). */
export async function runCommand(
  redis: Redis | Cluster,
  command: LuaCommand,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await redis.evalsha(command.sha1, keys.length, ...keys, ...args)
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
    return await redis.eval(command.lua, keys.length, ...keys, ...args)
  }
}
