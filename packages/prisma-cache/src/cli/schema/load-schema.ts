import {
  type CompiledSchema,
  compileSchema,
  formatDiagnostics,
  type MappedBlock,
  mapSchema,
  type PolicySet,
} from '@prisma-cache/policy-dsl'
import { CliError } from '../cli-error.js'
import { type CommandLine, textFlag } from '../command.js'
import type { Io } from '../io.js'
import { displayPath, findSchema } from './find-schema.js'
import { getDmmf } from './get-dmmf.js'
import { readSchema, type SchemaSource } from './read-schema.js'

export interface LoadedSchema {
  /** File or folder, as it is shown. */
  readonly path: string
  readonly files: readonly SchemaSource[]
  readonly blocks: readonly MappedBlock[]
  readonly compiled: CompiledSchema
}

/** Finds, reads and compiles the schema that a command line means. */
export async function loadSchema(line: CommandLine, io: Io): Promise<LoadedSchema> {
  const path = await findSchema(io.cwd, { schema: textFlag(line, 'schema'), config: textFlag(line, 'config') })
  const files = await readSchema(io.cwd, path)
  const dmmf = await getDmmf(files)
  const compiled = compileSchema({ files, dmmf, setup: { env: io.env ?? {} } })
  return { path: displayPath(io.cwd, path), files, blocks: mapSchema(files), compiled }
}

/** @throws CliError PC6106 with every diagnostic where an annotation, a generator or the datasource is wrong */
export function policiesOf({ compiled }: LoadedSchema): PolicySet {
  if (compiled.policySet) return compiled.policySet
  const message = `the schema has errors\n\n${formatDiagnostics(compiled.diagnostics)}\n`
  throw new CliError('PC6106', message, 'correct them; `prisma-cache check` shows them too')
}
