import type { ModelFacts, ScalarField } from '@prisma-cache/policy-dsl'
import type { Row } from '../protocol/row-codec.js'

/** Fields that the client omits unless a call asks for them, as given to `new PrismaClient({ omit })` for one model. */
export type ClientOmit = Readonly<Record<string, boolean>> | undefined

/** How an answer is made of a whole row; `other` when it holds more than the row's own scalars. */
export type Projection =
  | { readonly kind: 'scalars'; readonly names: readonly string[]; project(row: Row): Row }
  | { readonly kind: 'other' }

export function readableFields(facts: ModelFacts): readonly ScalarField[] {
  return facts.fields.filter((field) => field.type !== 'Unsupported')
}

/** The `select` that loads a whole row whatever the client omits. */
export function wholeRowSelect(facts: ModelFacts): Record<string, true> {
  return Object.fromEntries(readableFields(facts).map((field) => [field.name, true as const]))
}

const OTHER: Projection = { kind: 'other' }

/** @param all whether `facts` hold every field that an answer has by default */
export function planProjection(facts: ModelFacts, args: unknown, clientOmit?: ClientOmit, all = true): Projection {
  const { select, include, omit } = (args ?? {}) as Record<string, unknown>
  if (include !== undefined && include !== null) return OTHER
  if (select !== undefined && select !== null) {
    if (omit !== undefined && omit !== null) return OTHER // Prisma refuses the two together
    return bySelect(facts, select)
  }
  // A field that another extension computes may need an omitted one, which only Prisma knows: then the answer is
  // kept as Prisma gives it.
  if ((omit !== undefined && omit !== null) || clientOmit !== undefined || !all) return OTHER
  return picking(readableFields(facts).map((field) => field.name))
}

function bySelect(facts: ModelFacts, select: unknown): Projection {
  if (typeof select !== 'object' || !flagsOf(facts, select as object)) return OTHER
  const picked = Object.entries(select as object).flatMap(([name, flag]) => (flag === true ? [name] : []))
  return picked.length === 0 ? OTHER : picking(picked) // Prisma refuses an empty selection
}

/** Are these flags of scalar fields only? A name that is not a field may be one that another extension computes. */
function flagsOf(facts: ModelFacts, flags: object): boolean {
  const names = new Set(readableFields(facts).map((field) => field.name))
  return Object.entries(flags).every(
    ([name, flag]) => names.has(name) && (flag === undefined || typeof flag === 'boolean'),
  )
}

function picking(names: readonly string[]): Projection {
  return {
    kind: 'scalars',
    names,
    project(row) {
      const picked: Row = {}
      for (const name of names) picked[name] = row[name]
      return picked
    },
  }
}

/** Arguments without what chooses the answer's fields, for a whole row to be asked for instead. */
export function withoutSelection(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { select: _select, omit: _omit, ...rest } = args
  return rest
}
