import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

/**
 * Where unpacked servers are kept between runs: the user's cache folder, else (no home, or one that is not ours to
 * write) one of the user's own in the system's temporary folder. Undefined: no such folder can be had.
 */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, temporary = os.tmpdir()): string | undefined {
  const homes = [env.XDG_CACHE_HOME, env.HOME && path.join(env.HOME, '.cache')]
  const wanted = homes
    .filter((folder): folder is string => Boolean(folder) && path.isAbsolute(folder as string))
    .map((folder) => path.join(folder, 'prisma-cache', 'servers'))
  const fallback = path.join(temporary, `prisma-cache-servers-${process.getuid?.() ?? 'user'}`)
  return [...wanted, fallback].find(isOurs)
}

/** Programs are run from this folder: one that somebody else put into a shared place is not to be trusted. */
function isOurs(folder: string): boolean {
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 })
    fs.accessSync(folder, fs.constants.W_OK)
    const stat = fs.lstatSync(folder)
    return stat.isDirectory() && stat.uid === (process.getuid?.() ?? stat.uid)
  } catch {
    return false // not to be made or written: try the next
  }
}
