import { writeFile } from 'node:fs/promises'
import { CliError } from '../cli-error.js'
import { readText } from '../schema/read-schema.js'

export interface ChangedFile {
  readonly path: string
  readonly absolute: string
  /** What the change was made of. */
  readonly before: string
  readonly text: string
}

/** @throws CliError PC6202 for a file that changed while somebody was asked, or that cannot be written */
export async function writeFiles(files: readonly ChangedFile[]): Promise<void> {
  for (const { path, absolute, before } of files) {
    if ((await readText(absolute, path)) === before) continue
    throw new CliError('PC6202', `${path} was changed meanwhile; nothing was written`, 'run the command again')
  }
  for (const { path, absolute, text } of files) {
    try {
      await writeFile(absolute, text)
    } catch (cause) {
      const message = `${path} cannot be written: ${(cause as Error).message}`
      throw new CliError('PC6202', message, 'check its permissions', { cause })
    }
  }
}
