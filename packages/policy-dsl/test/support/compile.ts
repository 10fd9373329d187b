import { type CompiledSchema, compileSchema, parsePolicySet, type SchemaFile } from '../../src/index.js'
import { getDmmf } from './get-dmmf.js'

/** Compiles schema files as `prisma generate` would; what comes of them is what the client's guard accepts. */
export function compileFiles(...files: SchemaFile[]): CompiledSchema {
  const compiled = compileSchema({ files, dmmf: getDmmf(files) })
  if (compiled.policySet) expect(parsePolicySet(compiled.policySet)).toEqual(compiled.policySet)
  return compiled
}

const datasource = 'datasource db {\n  provider = "postgresql"\n}\n'

/** Compiles the text of models; its first line is line 4 of `schema.prisma`. */
export function compileModels(text: string): CompiledSchema {
  return compileFiles({ path: 'schema.prisma', text: `${datasource}${text}` })
}

/** The policy set of models that are expected to be right. */
export function policySetOf(text: string): NonNullable<CompiledSchema['policySet']> {
  const { policySet, diagnostics } = compileModels(text)
  if (policySet === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'))
  return policySet
}
