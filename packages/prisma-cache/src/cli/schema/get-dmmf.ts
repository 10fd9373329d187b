import { stripVTControlCharacters } from 'node:util'
import type { SchemaFile, SchemaInput } from '@prisma-cache/policy-dsl'
import { CliError } from '../cli-error.js'

/**
 * Prisma's own reading of a schema, by the parser that its command line uses (a wasm module: no engine, no database).
 *
 * @throws CliError PC6104 with what Prisma says of a schema that is not valid
 */
export async function getDmmf(files: readonly SchemaFile[]): Promise<SchemaInput['dmmf']> {
  const prisma = await import('@prisma/get-dmmf')
  const answer = prisma.getDMMF({ datamodel: files.map(({ path, text }) => [path, text]) })
  if ('datamodel' in answer) return answer
  const message = `Prisma refuses the schema:\n\n${explanation(answer.error)}\n`
  throw new CliError('PC6104', message, '`npx prisma validate` says the same; correct it first', {
    cause: answer.error,
  })
}

/** The parser packs code and message into JSON, coloured for a terminal. */
function explanation(error: Error): string {
  const text = stripVTControlCharacters(error.message)
  try {
    const { message } = JSON.parse(error.message) as { message?: unknown }
    return typeof message === 'string' ? stripVTControlCharacters(message).trimEnd() : text
  } catch {
    return text
  }
}
