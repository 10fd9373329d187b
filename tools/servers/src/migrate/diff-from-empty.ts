import { reasonOf, ServersError } from '../servers-error.js'
import { noDatabase } from './no-database.js'
import { readDatamodels } from './read-datamodels.js'
import { type Datamodels, schemaEngine } from './schema-engine.js'

/** The SQL that makes the tables of a schema in an empty database. `schema`: a path, or the schema's files. */
export async function diffFromEmpty(schema: string | Datamodels): Promise<string> {
  const datamodels = typeof schema === 'string' ? readDatamodels(schema) : schema
  try {
    const engine = await schemaEngine(noDatabase(), datamodels)
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files: datamodels.map(([file, content]) => ({ path: file, content })) },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    })
    engine.free()
    return stdout ?? ''
  } catch (error) {
    throw new ServersError({
      code: 'PC5024',
      reason: `No SQL can be made of the schema: ${reasonOf(error)}`,
      nextStep: 'mend the schema at the place it names (npx prisma validate shows the same)',
      cause: error,
    })
  }
}
