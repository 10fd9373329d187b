import { readFile, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { firstLine } from './render-module.js'

/** A module of another extension, from a run with other options, would go on being imported and never change again. */
export async function removeOthers(path: string): Promise<void> {
  for (const name of ['index.ts', 'index.mts', 'index.cts']) {
    if (name === basename(path)) continue
    const other = join(dirname(path), name)
    const text = await readFile(other, 'utf8').catch(() => '')
    if (text.startsWith(`${firstLine}\n`)) await rm(other)
  }
}
