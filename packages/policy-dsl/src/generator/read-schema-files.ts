import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { SchemaFile } from '../diagnostics/source-file.js'
import { compare } from '../policy/facts/shape-hash.js'

/**
 * The files of a schema as the user wrote them. Prisma hands a generator its own reformatted concatenation, in which no
 * line is where the user has it; the path it hands over is the file, or the folder that it read. If nothing is there
 * (a schema that came from elsewhere), the concatenation stands for it.
 */
export async function readSchemaFiles(schemaPath: string, datamodel: string): Promise<readonly SchemaFile[]> {
  const paths = await listFiles(schemaPath, new Set())
  if (paths.length === 0) return [{ path: schemaPath, text: datamodel }]
  const files = await Promise.all(paths.map(async (path) => ({ path, text: await readFile(path, 'utf8') })))
  // The order of a folder differs from one file system to the next.
  return files.sort((a, b) => compare(a.path, b.path))
}

/** Like Prisma: every `.prisma` file at any depth, links followed, no folder twice. */
async function listFiles(path: string, seen: Set<string>, given = true): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile()) return given || extname(path) === '.prisma' ? [path] : []
  if (!found?.isDirectory()) return []
  const real = await realpath(path)
  if (seen.has(real)) return []
  seen.add(real)
  const entries = await readdir(path)
  return (await Promise.all(entries.map((entry) => listFiles(join(path, entry), seen, false)))).flat()
}
