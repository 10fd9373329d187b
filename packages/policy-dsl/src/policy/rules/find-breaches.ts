import { acceptsLittle } from './accepts-little.js'
import { cachedView, writtenView } from './cached-view.js'
import { unreadNear } from './contradictions.js'
import { databaseMadeId } from './database-made-id.js'
import { dependsOnAcceptsNothing, dependsOnBlindView, dependsOnKnown } from './depends-on.js'
import { narrowsExactly, scopesExactly } from './exact-fields.js'
import { forgetfulIncrements } from './forgetful-increments.js'
import { knownFields } from './known-fields.js'
import { missingPrimaryKey } from './missing-primary-key.js'
import { omittedField } from './omitted-field.js'
import type { Models, Rule, RuleFinding } from './rule.js'
import { strongNeedsPending } from './strong-needs-pending.js'
import { strongBypass, strongDependsOn, strongNear } from './strong-reads.js'
import { versionField } from './version-field.js'

export interface Breach {
  readonly model: string
  readonly finding: RuleFinding
}

const rules: readonly Rule[] = [
  ...[cachedView, writtenView, missingPrimaryKey, databaseMadeId, strongNeedsPending, forgetfulIncrements],
  ...[knownFields, narrowsExactly, scopesExactly, versionField, omittedField, acceptsLittle],
  ...[strongNear, strongBypass, strongDependsOn, unreadNear, dependsOnKnown, dependsOnAcceptsNothing],
  dependsOnBlindView,
]

export function findBreaches(models: Models): readonly Breach[] {
  return Object.entries(models).flatMap(([model, entry]) =>
    rules.flatMap((rule) => rule(entry, models).map((finding) => ({ model, finding }))),
  )
}
