import type { Finding } from '../../diagnostics/problem.js'
import { cachedView } from './cached-view.js'
import { databaseMadeId } from './database-made-id.js'
import { missingPrimaryKey } from './missing-primary-key.js'
import type { Models, Rule } from './rule.js'
import { strongNeedsPending } from './strong-needs-pending.js'

export interface Breach {
  readonly model: string
  readonly finding: Finding
}

const rules: readonly Rule[] = [cachedView, missingPrimaryKey, databaseMadeId, strongNeedsPending]

export function findBreaches(models: Models): readonly Breach[] {
  return Object.entries(models).flatMap(([model, entry]) =>
    rules.flatMap((rule) => rule(entry, models).map((finding) => ({ model, finding }))),
  )
}
