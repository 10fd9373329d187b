import type { GeneratorOptions } from '@prisma/generator-helper'
import { formatDiagnostics } from '../diagnostics/format-diagnostic.js'
import { compileSchema } from '../policy/compile-schema.js'
import { readOptions } from './read-options.js'
import { readSchemaFiles } from './read-schema-files.js'
import { listWritten, removeOthers } from './remove-others.js'
import { renderModule } from './render-module.js'
import { writeIfChanged } from './write-if-changed.js'

type Input = Pick<GeneratorOptions, 'generator' | 'schemaPath' | 'datamodel' | 'dmmf'>

export interface Generated {
  /** Absolute path of the module. */
  readonly path: string
  /** Printed warnings; empty for none. */
  readonly warnings: string
}

/**
 * Writes the module of a schema.
 *
 * @throws Error with every diagnostic as its message; the output of the last good run is untouched then.
 */
export async function generatePolicies(options: Input, displayPath = (path: string) => path): Promise<Generated> {
  const files = await readSchemaFiles(options.schemaPath, options.datamodel)
  const shown = files.map(({ path, text }) => ({ path: displayPath(path), text }))
  const { policySet, diagnostics } = compileSchema({
    files: shown,
    dmmf: options.dmmf,
    setup: { generator: options.generator.name, env: process.env },
  })
  const printed = formatDiagnostics(diagnostics)
  // The message is all that Prisma shows of an error; a line of its own keeps the first frame aligned.
  if (policySet === undefined) throw new Error(`\n${printed}\n\n${await whatStays(options.generator)}`)
  const { path, mayBeCommonJs } = await readOptions(options.generator)
  await writeIfChanged(path, renderModule(policySet, { mayBeCommonJs }))
  await removeOthers(path)
  return { path, warnings: printed }
}

async function whatStays({ output }: Input['generator']): Promise<string> {
  const written = output?.value ? await listWritten(output.value) : []
  return written.length > 0 ? 'Nothing was written: the output of the last good run stays.' : 'Nothing was written.'
}
