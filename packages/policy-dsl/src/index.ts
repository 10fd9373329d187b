export { type Code, codes, type Severity } from './diagnostics/codes.js'
export type { Diagnostic } from './diagnostics/diagnostic.js'
export { formatDiagnostic, formatDiagnostics } from './diagnostics/format-diagnostic.js'
export { listWords, nearest } from './diagnostics/nearest.js'
export type { SchemaFile } from './diagnostics/source-file.js'
export type { DurationText, WholeDuration } from './grammar/duration.js'
export {
  type CachingOptions,
  type FieldOptions,
  invalidate,
  none,
  type PolicyDraft,
  type ReadText,
  type WholeRead,
  type WriteBehindOptions,
  writeAround,
  writeBehind,
  writeThrough,
} from './policy/builders.js'
export { type CompiledSchema, compileSchema, type SchemaInput } from './policy/compile-schema.js'
export {
  type DefineOptions,
  definePolicies,
  type PolicyOverrides,
  type PolicySetLike,
} from './policy/define-policies.js'
export { hasExactEquality } from './policy/exact-equality.js'
export { type MappedAnnotation, type MappedBlock, type MappedFieldAnnotation, mapSchema } from './policy/map-schema.js'
export { parsePolicySet, warningsOf } from './policy/parse-policy-set.js'
export { type ParsedReadMode, parseReadMode } from './policy/parse-read-mode.js'
export { PolicyError, type PolicyProblem } from './policy/policy-error.js'
export type * from './policy/policy-set.js'
export { argumentNames, describePolicy, type PolicySetting, printPolicy } from './policy/print-policy.js'
export { resolvePolicy } from './policy/resolve-policy.js'
export { outputBeside } from './policy/setup/check-outputs.js'
export type { SetupInput } from './policy/setup/check-setup.js'
