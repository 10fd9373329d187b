import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const bin = join(import.meta.dirname, '../../../bin/prisma-cache.js')

export interface CliProject {
  readonly folder: string
  write(path: string, text: string): void
  read(path: string): string
  /** Runs the command as a user does, with no terminal. */
  run(...args: readonly string[]): { readonly code: number | null; readonly out: string; readonly err: string }
  remove(): void
}

/** A folder of its own with nothing in it, in which the built command is run as a process. */
export function createCliProject(command = bin): CliProject {
  const folder = mkdtempSync(join(tmpdir(), 'prisma-cache-cli-'))
  return {
    folder,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    run(...args) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
        cwd: folder,
        env: process.env,
        encoding: 'utf8',
      })
      return { code: status, out: stdout, err: stderr }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
