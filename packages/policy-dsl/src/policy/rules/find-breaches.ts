import { acceptsLittle } from './accepts-little.js'
import { cachedView, writtenView } from './cached-view.js'
import { unreadNear } from './contradictions.js'
import { databaseMadeId } from './database-made-id.js'
import { dependsOnAcceptsNothing, dependsOnBlindView, dependsOnItself, dependsOnKnown } from './depends-on.js'
import { narrowsExactly, scopesExactly } from './exact-fields.js'
import { forgetfulIncrements } from './forgetful-increments.js'
import { knownFields } from './known-fields.js'
import { missingPrimaryKey } from './missing-primary-key.js'
import { omittedField } from './omitted-field.js'
import { plainNames } from './plain-names.js'
import type { Models, Rule, RuleFinding, Surroundings } from './rule.js'
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
  ...[dependsOnBlindView, dependsOnItself, plainNames],
]

export function findBreaches(models: Models, given: Partial<Surroundings> = {}): readonly Breach[] {
  const surroundings: Surroundings = { ignored: [], unsure: new Map(), ...given }
  return Object.entries(models).flatMap(([model, entry]) => {
    const unsure = surroundings.unsure.get(model)
    const holds = ({ unless }: RuleFinding) =>
      unless === undefined || (unsure !== 'all' && !unless.some((name) => unsure?.includes(name)))
    return rules
      .flatMap((rule) => rule(entry, models, surroundings))
      .filter(holds)
      .map((finding) => ({ model, finding }))
  })
}
