import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { reasonOf, ServersError } from '../servers-error.js'
import { readMigrations } from './migrations-folder.js'
import { readDatamodels } from './read-datamodels.js'
import { type Datamodels, type SchemaEngine, schemaEngine } from './schema-engine.js'

export type SchemaSource = { readonly schemaPath: string } | { readonly datamodels: Datamodels }

export type MigrateOptions = SchemaSource & {
  readonly databaseUrl: string
  readonly migrationsDir: string
}

const NO_FILTER = { externalTables: [], externalEnums: [] }

/** Applies what is not applied yet, as `prisma migrate deploy` does, and gives the names of what it applied. */
export function migrate(options: MigrateOptions): Promise<readonly string[]> {
  return withEngine(options, async (engine) => {
    const migrationsList = readMigrations(options.migrationsDir)
    const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList, filters: NO_FILTER })
    return appliedMigrationNames
  })
}

export interface MigrationStatus {
  /** In the folder, and not applied to the database. */
  readonly unapplied: readonly string[]
  /** Begun and never finished: each blocks those after it until it is resolved. */
  readonly failed: readonly string[]
  /** Applied, and changed in the folder since. */
  readonly edited: readonly string[]
  /** Applied, and gone from the folder. */
  readonly missing: readonly string[]
}

/** Compares the migrations folder with `_prisma_migrations`; changes nothing. */
export function migrationStatus(options: MigrateOptions): Promise<MigrationStatus> {
  return withEngine(options, async (engine) => {
    const migrationsList = readMigrations(options.migrationsDir)
    const found = await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: NO_FILTER,
    })
    const { history } = found
    return {
      unapplied: history && 'unappliedMigrationNames' in history ? history.unappliedMigrationNames : [],
      missing: history && 'unpersistedMigrationNames' in history ? history.unpersistedMigrationNames : [],
      failed: found.failedMigrationNames,
      edited: found.editedMigrationNames,
    }
  })
}

async function withEngine<T>(options: MigrateOptions, use: (engine: SchemaEngine) => Promise<T>): Promise<T> {
  const datamodels = 'datamodels' in options ? options.datamodels : readDatamodels(options.schemaPath)
  // A pool of our own, since the engine's lock against concurrent migrations lasts as long as its connection.
  const pool = new pg.Pool({ connectionString: options.databaseUrl })
  pool.on('error', () => {}) // a connection lost while idle: the next statement reports it
  let engine: SchemaEngine | undefined
  try {
    engine = await schemaEngine(new PrismaPg(pool), datamodels)
    return await use(engine)
  } catch (error) {
    if (error instanceof ServersError) throw error
    throw new ServersError({
      code: 'PC5023',
      reason: `The migrations of ${options.migrationsDir} cannot be read or applied: ${oneLine(reasonOf(error))}`,
      nextStep: 'mend the migration or the database it names, and run this again',
      cause: error,
    })
  } finally {
    engine?.free()
    await pool.end()
  }
}

/** The engine speaks in paragraphs. */
function oneLine(text: string): string {
  return text
    .trim()
    .replace(/\.?\s*\n\s*/g, '. ')
    .replace(/\.$/, '')
}
