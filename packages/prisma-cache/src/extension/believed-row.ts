import { guardUpdate } from '../planner/guard-write.js'
import type { IndexedModel } from '../planner/model-index.js'
import type { NarrowField } from '../planner/narrow-fields.js'
import { rowTags } from '../planner/read-tags.js'
import { namedRow } from '../planner/row-id.js'
import { pinnedScope, rowEntryOf } from '../planner/scope.js'
import type { WritePlan } from '../planner/write-plan.js'
import { openEntry, stampLine } from '../protocol/entry.js'
import type { Row } from '../protocol/row-codec.js'
import { versionOfField } from '../store/field-versions.js'
import { readAll } from '../store/read-all.js'
import type { Engine, Operation } from './operation-context.js'
import { delegateOf } from './prisma-internals.js'

type Args = Readonly<Record<string, unknown>>

/**
 * An update that sets a field by which lists are asked, for the row's value before it to be known: the row as somebody
 * has cached it, else as the database has it now, is what the update is tried on first.
 */
export async function guarded(
  engine: Engine,
  model: IndexedModel,
  plan: WritePlan,
  { transaction }: Operation,
  args: unknown,
): Promise<WritePlan> {
  // In an array, a statement that finds no row undoes the others.
  if (!plan.lost?.length || transaction.kind === 'batch') return plan
  const given = args as Args
  const row = namedRow(model.facts, given.where)
  await engine.link.settled()
  const known = await cached(engine, model, plan.lost, row, given.where)
  if (known === 'not-asked') return plan
  const asks = transaction.kind === 'none' && !known.current
  const believed = (asks ? await stored(engine, model, plan.lost, given.where) : undefined) ?? known.row
  return believed ? guardUpdate(engine.index, model, args, plan, believed) : plan
}

interface Known {
  readonly row: Row | undefined
  /** As far as the cache knows. */
  readonly current: boolean
}

/** @returns `not-asked` where no list by one of the fields can be in the cache, so that nothing is spared by a guess */
async function cached(
  { link, keys }: Engine,
  model: IndexedModel,
  lost: readonly NarrowField[],
  row: string | undefined,
  where: unknown,
): Promise<Known | 'not-asked'> {
  if (!link.isUp()) return 'not-asked'
  const scope = pinnedScope(model, where)
  const wanted =
    row === undefined || scope === undefined
      ? []
      : [
          keys.epoch,
          ...rowTags(model.name, row).map((tag) => keys.tag(tag).version),
          rowEntryOf(keys, model, row, scope),
        ]
  const found = await readAll(link, [keys.fieldVersions(model.name), ...wanted]).catch(() => undefined)
  const [fields, epoch, version, wide, text] = found ?? []
  if (!lost.some(({ token }) => versionOfField(fields ?? null, token) !== null)) return 'not-asked'
  if (!text) return { row: undefined, current: false }
  const stamps = { epoch: epoch ?? '', versions: [version ?? '', wide ?? ''] }
  return { row: decoded(model, text), current: openEntry(text, stampLine(stamps)) !== undefined }
}

/** Of whatever age: it need not be true. */
function decoded(model: IndexedModel, entry: string): Row | undefined {
  try {
    return model.codec.decode(entry.slice(entry.indexOf('\n') + 1))
  } catch {
    return undefined // "no such row", the mark of a load, or what another program has left
  }
}

async function stored(
  { client }: Engine,
  model: IndexedModel,
  lost: readonly NarrowField[],
  where: unknown,
): Promise<Row | undefined> {
  const select = Object.fromEntries(lost.map(({ name }) => [name, true]))
  // What is wrong with the arguments is told by the update itself.
  const row = await delegateOf(client, model.name)
    .findUnique({ where, select })
    .catch(() => undefined)
  return (row as Row | null) ?? undefined
}
