import fs from 'node:fs'
import path from 'node:path'
import type { MigrationList } from '@prisma/schema-engine-wasm/schema_engine_bg'
import { ServersError } from '../servers-error.js'

const LOCK_FILE = 'migration_lock.toml'

/** The migrations of a folder in the order in which they are applied, as the engine takes them. */
export function readMigrations(migrationsDir: string): MigrationList {
  const baseDir = path.resolve(migrationsDir)
  if (!fs.existsSync(baseDir)) {
    throw new ServersError({
      code: 'PC5022',
      reason: `There is no migrations folder at ${baseDir}`,
      nextStep: 'correct the path, or write a first migration (node scripts/new-migration.mjs <name>)',
    })
  }
  const lock = path.join(baseDir, LOCK_FILE)
  return {
    baseDir,
    lockfile: { path: LOCK_FILE, content: fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: migrationNames(baseDir).map((name) => ({
      path: name,
      migrationFile: { path: 'migration.sql', content: content(path.join(baseDir, name, 'migration.sql')) },
    })),
  }
}

/** Names begin with a timestamp, so that their order is that of the alphabet. */
export function migrationNames(migrationsDir: string): readonly string[] {
  if (!fs.existsSync(migrationsDir)) return []
  return fs
    .readdirSync(migrationsDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

function content(file: string): { tag: 'ok'; value: string } | { tag: 'error'; value: string } {
  try {
    return { tag: 'ok', value: fs.readFileSync(file, 'utf8') }
  } catch (error) {
    return { tag: 'error', value: String(error) }
  }
}
