import * as commands from '../protocol/commands.generated.js'
import { runCommand } from '../protocol/run-command.js'
import { type FieldTag, ROWS, type TableTag, type Tag } from '../protocol/tag.js'
import { createNonce, VERSION_LIFETIME_MS } from '../protocol/version.js'
import type { Link } from './link.js'
import { groupBySlot } from './slots.js'

/** Far above what one model's policies name; past it those that nobody uses any more are forgotten. */
const MOST_FIELDS = 128

/** The version of a field in the text of its model's, or null. */
export function versionOfField(text: string | null, field: string): string | null {
  if (!text) return null
  const at = `;${text}`.indexOf(`;${field}=`)
  if (at < 0) return null
  const start = at + field.length + 1
  return text.slice(start, text.indexOf(';', start))
}

/** Versions of the fields of one model, made where they are missing. */
export async function ensureFields(link: Link, model: string, fields: readonly string[]): Promise<string[]> {
  const args = [createNonce(), VERSION_LIFETIME_MS, MOST_FIELDS, ...fields]
  return (await runCommand(link.redis, commands.ensureFields, [link.keys.fieldVersions(model)], args)) as string[]
}

/**
 * Replaces the versions of fields: of `field` tags just those, of a `table` tag all but the named ones.
 *
 * @returns the fields of these models with their versions as they stand after
 */
export async function touchFields(
  link: Link,
  tags: readonly Tag[],
): Promise<readonly { readonly tag: FieldTag; readonly version: string }[]> {
  const asked = byModel(tags)
  const names = [...asked.keys()]
  const keys = names.map((model) => link.keys.fieldVersions(model))
  const groups = await Promise.all(
    groupBySlot(link.cluster, keys).map(async (group) => {
      const texts = (await runCommand(
        link.redis,
        commands.touchFields,
        group.map((i) => keys[i]!),
        [createNonce(), VERSION_LIFETIME_MS, ...group.flatMap((i) => asked.get(names[i]!)!)],
      )) as string[]
      return group.flatMap((i, n) => fieldsOf(names[i]!, texts[n]!))
    }),
  )
  return groups.flat()
}

/** By model: mode, tokens and columns, as the command takes them. */
function byModel(tags: readonly Tag[]): Map<string, readonly [mode: string, tokens: string, columns: string]> {
  const asked = new Map<string, readonly [string, string, string]>()
  const tables = tags.filter((tag): tag is TableTag => tag.kind === 'table')
  for (const { model, named = [], columns } of tables) {
    asked.set(model, ['except', terminated(named), columns ? terminated(columns) : '*'])
  }
  for (const tag of tags) {
    if (tag.kind !== 'field') continue
    const [mode, tokens, columns] = asked.get(tag.model) ?? ['only', '', '']
    // Beside a write of the whole table a field is no longer spared.
    const own = `${tag.field};`
    if (mode === 'only') asked.set(tag.model, [mode, tokens + own, columns])
    else if (isColumn(tag.field)) asked.set(tag.model, [mode, tokens, columns === '*' ? columns : columns + own])
    else asked.set(tag.model, [mode, `;${tokens}`.replace(`;${own}`, ';').slice(1), columns])
  }
  return asked
}

const isColumn = (token: string) => token.startsWith(ROWS)

function terminated(tokens: readonly string[]): string {
  return tokens.map((token) => `${token};`).join('')
}

function fieldsOf(model: string, text: string): { tag: FieldTag; version: string }[] {
  return [...text.matchAll(/([^=;]+)=([^=;]+);/g)].map(([, field, version]) => ({
    tag: { kind: 'field', model, field: field! },
    version: version!,
  }))
}
