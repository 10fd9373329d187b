import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const cli = join(dirname(createRequire(import.meta.url).resolve('prisma/package.json')), 'build/index.js')

export interface PrismaProject {
  readonly folder: string
  write(path: string, text: string): void
  read(path: string): string
  exists(path: string): boolean
  /** Runs `prisma generate` for the schema at a path. */
  generate(schema: string): { readonly code: number | null; readonly output: string }
}

/** A folder of its own in which the real Prisma CLI is run. */
export function createPrismaProject(parent: string): PrismaProject {
  mkdirSync(parent, { recursive: true })
  const folder = mkdtempSync(join(parent, 'project-'))
  return {
    folder,
    write(path, text) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    },
    read: (path) => readFileSync(join(folder, path), 'utf8'),
    exists: (path) => existsSync(join(folder, path)),
    generate(schema) {
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [cli, 'generate', '--schema', schema, '--no-hints'],
        {
          cwd: folder,
          encoding: 'utf8',
          env: {
            ...process.env,
            NO_COLOR: '1',
            // Generating needs wasm alone; naming an engine keeps the CLI from looking for one to download.
            PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
            PRISMA_HIDE_UPDATE_MESSAGE: '1',
            CHECKPOINT_DISABLE: '1',
          },
        },
      )
      return { code: status, output: `${stdout}${stderr}` }
    },
  }
}
