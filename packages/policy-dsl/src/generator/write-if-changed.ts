import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes the file whole or not at all: a build that runs meanwhile sees the old module or the new one. An unchanged file
 * keeps its time, so that watchers stay quiet.
 */
export async function writeIfChanged(path: string, content: string): Promise<'written' | 'unchanged'> {
  const old = await readFile(path, 'utf8').catch(() => undefined)
  if (old === content) return 'unchanged'
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  try {
    await writeFile(temporary, content)
    await rename(temporary, path)
  } finally {
    await rm(temporary, { force: true })
  }
  return 'written'
}
