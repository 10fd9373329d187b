import { listed } from '../text/words.js'
import type { Cascade, SetFields } from './trace-cascades.js'

/** For example: deleting Customer deletes Account and sets Transfer.payerId to NULL. */
export function cascadeText({ model, on, deletes, sets }: Cascade): string {
  const parts = [
    ...(deletes.length > 0 ? [`deletes ${listed(folded(deletes))}`] : []),
    ...(['NULL', 'default', 'new key'] as const).flatMap((to) => setText(sets.filter((set) => set.to === to))),
  ]
  return `${on === 'delete' ? `deleting ${model}` : `changing a key of ${model}`} ${listed(parts)}`
}

function setText(sets: readonly SetFields[]): readonly string[] {
  const [first] = sets
  if (first === undefined) return []
  const fields = listed(folded(sets.flatMap(({ model, fields }) => fields.map((field) => `${model}.${field}`))))
  if (first.to === 'new key') return [`changes ${fields}`]
  return [`sets ${fields} to ${first.to === 'NULL' ? 'NULL' : 'the default'}`]
}

/** More names than these tell a reader nothing; `--json` has them all. */
const NAMES = 12

function folded(names: readonly string[]): readonly string[] {
  return names.length > NAMES ? [...names.slice(0, NAMES), `${names.length - NAMES} more`] : names
}
