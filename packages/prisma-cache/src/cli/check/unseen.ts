import type { MappedBlock, PolicySet } from '@prisma-cache/policy-dsl'
import { isBlind } from '../../planner/depends-on.js'
import { listed } from '../text/words.js'

/** A way in which rows may change, or answers come about, that nothing in the schema tells. */
export interface Unseen {
  readonly kind: 'outside' | 'triggers' | 'foreign-keys' | 'ignored' | 'views'
  /** Of `ignored` and `views`. */
  readonly models: readonly string[]
  readonly text: string
}

export function listUnseen(policies: PolicySet, blocks: readonly MappedBlock[]): readonly Unseen[] {
  const views = Object.values(policies.models).flatMap((entry) => (isBlind(entry) ? [entry.facts.name] : []))
  // Prisma leaves an ignored model out of all that it tells of the schema.
  const ignored = blocks
    .filter(({ keyword, name }) => (keyword === 'model' || keyword === 'view') && !Object.hasOwn(policies.models, name))
    .map(({ name }) => name)
  return [
    {
      kind: 'outside',
      models: [],
      text: 'writes past the extension (psql, migrations, other services): an entry is served until its ttl; `$cache.invalidate` drops it',
    },
    {
      kind: 'triggers',
      models: [],
      text: 'triggers in the database, where they write to other tables, or to the same row after the statement: use `invalidate` for such a model, and `$cache.invalidate` for the others',
    },
    {
      kind: 'foreign-keys',
      models: [],
      text: 'foreign keys that only the database has, or whose action there is not that of the schema',
    },
    ...(ignored.length > 0
      ? [
          {
            kind: 'ignored' as const,
            models: ignored,
            text: `${listed(ignored)} (\`@@ignore\`): Prisma Client has no such model, so whatever writes it, or is deleted with it, is not seen`,
          },
        ]
      : []),
    ...(views.length > 0
      ? [
          {
            kind: 'views' as const,
            models: views,
            text: `${listed(views)} (view): nothing says which writes change it, so no answer that touches it is cached; \`dependsOn\` would say it`,
          },
        ]
      : []),
  ]
}
