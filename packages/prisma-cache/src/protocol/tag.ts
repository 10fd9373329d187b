/**
 * What a cached answer depends on, and what a write touches.
 *
 * - `row`: one row by primary key. A row's readers depend on `wide` too: a write that names no row.
 * - `key`: rows of which a field has this value. Its readers depend on `field` too: a write that may have changed which
 *   rows those are without naming the values. With a `column`: only that column of those rows, or (`ROWS`) which rows they are.
 * - `table`: any write of the model. One that does not say which fields it has named the values of touches every `field`.
 */
export type Tag = TableTag | WideTag | RowTag | KeyTag | FieldTag

export interface TableTag {
  readonly kind: 'table'
  readonly model: string
  /** Of a write: tokens of the fields of which a `key` tag beside this one names every value that is concerned. */
  readonly named?: readonly string[]
  /** Of a write that makes no row and takes none away: tokens of the columns that it may set. */
  readonly columns?: readonly string[]
}

export interface WideTag {
  readonly kind: 'wide'
  readonly model: string
}

export interface RowTag {
  readonly kind: 'row'
  readonly model: string
  readonly row: string
}

export interface KeyTag {
  readonly kind: 'key'
  readonly model: string
  /** Token of the field; see `NarrowField`. */
  readonly field: string
  readonly value: string
  /** Token of a column, or `ROWS`. */
  readonly column?: string
}

export interface FieldTag {
  readonly kind: 'field'
  readonly model: string
  readonly field: string
}

/** Token of which rows there are. Those of columns begin with it, those of narrowed fields do not. */
export const ROWS = '+'

/** `t:Model`, `w:Model`, `f:Model:field`, `r:Model:row`, `k:Model:field=value`: one name a tag, also in session tokens. */
export function tagName(tag: Tag): string {
  switch (tag.kind) {
    case 'table':
      return `t:${tag.model}`
    case 'wide':
      return `w:${tag.model}`
    case 'field':
      return `f:${tag.model}:${tag.field}`
    case 'row':
      return `r:${tag.model}:${tag.row}`
    case 'key':
      return `k:${tag.model}:${keyName(tag)}`
  }
}

export function keyName({ field, value, column }: KeyTag): string {
  return column === undefined ? `${field}=${value}` : `${field}=${value}#${column}`
}

/** Each tag once. Of two writes of one table only what both have named counts as named. */
export function uniteTags(tags: Iterable<Tag>): Tag[] {
  const all = new Map<string, Tag>()
  for (const tag of tags) {
    const name = tagName(tag)
    const known = all.get(name)
    all.set(name, known?.kind === 'table' && tag.kind === 'table' ? uniteTables(known, tag) : tag)
  }
  return [...all.values()]
}

function uniteTables(a: TableTag, b: TableTag): TableTag {
  const named = a.named?.filter((field) => b.named?.includes(field))
  const columns = a.columns && b.columns && [...new Set([...a.columns, ...b.columns])]
  return { kind: 'table', model: a.model, ...(named ? { named } : {}), ...(columns ? { columns } : {}) }
}
