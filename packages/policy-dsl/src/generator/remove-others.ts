import { readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { firstLine } from './render-module.js'

/** A module of another extension, from a run with other options, would go on being imported and never change again. */
export async function removeOthers(path: string): Promise<void> {
  const others = (await listWritten(dirname(path))).filter((one) => one !== path)
  await Promise.all(others.map((other) => rm(other)))
}

/** Paths of the modules in the folder that are ours. */
export async function listWritten(folder: string): Promise<readonly string[]> {
  const paths = ['index.ts', 'index.mts', 'index.cts'].map((name) => join(folder, name))
  const texts = await Promise.all(paths.map((path) => readFile(path, 'utf8').catch(() => '')))
  return paths.filter((_, i) => texts[i]!.startsWith(`${firstLine}\n`))
}
