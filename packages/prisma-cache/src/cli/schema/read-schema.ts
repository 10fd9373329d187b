import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { CliError } from '../cli-error.js'
import { displayPath, give } from './find-schema.js'

export interface SchemaSource {
  /** As it is shown. */
  readonly path: string
  readonly absolute: string
  readonly text: string
}

/**
 * The files of a schema, byte for byte what is on disk: a byte order mark stays, and what is not UTF-8 is refused, so
 * that writing a text back never changes more than was meant.
 *
 * @throws CliError PC6101 for a folder without schema files, PC6103 for a file that cannot be read
 */
export async function readSchema(cwd: string, path: string): Promise<readonly SchemaSource[]> {
  const files = await listFiles(path, new Set(), true)
  if (files.length === 0) {
    const message = `${displayPath(cwd, path)} holds no \`.prisma\` file`
    throw new CliError('PC6101', message, give)
  }
  const sources = await Promise.all(
    files.map(async (absolute) => {
      const shown = displayPath(cwd, absolute)
      return { path: shown, absolute, text: await readText(absolute, shown) }
    }),
  )
  return sources.sort((a, b) => (a.absolute < b.absolute ? -1 : 1))
}

export async function readText(absolute: string, shown: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await readFile(absolute))
  } catch (cause) {
    const reason =
      (cause as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
        ? 'it is not UTF-8'
        : (cause as Error).message
    throw new CliError('PC6103', `${shown} cannot be read: ${reason}`, 'check the file and its permissions', { cause })
  }
}

/** Like Prisma: every `.prisma` file at any depth, links followed, no folder twice. */
async function listFiles(path: string, seen: Set<string>, given: boolean): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile()) return given || extname(path) === '.prisma' ? [path] : []
  if (!found?.isDirectory()) return []
  const real = await realpath(path)
  if (seen.has(real)) return []
  seen.add(real)
  const names = await readdir(path)
  return (await Promise.all(names.map((name) => listFiles(join(path, name), seen, false)))).flat()
}
