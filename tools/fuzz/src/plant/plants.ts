/** A guard of the product, taken out while the product's files are loaded. What stands on disk stays as it is. */
export interface Plant {
  readonly guard: string
  readonly edits: readonly Edit[]
}

export interface Edit {
  /** Below the `src` and the `dist` of prisma-cache, without ending. */
  readonly file: string
  /** Stands exactly once in both: a part of one line, and no statement, which compiling would break into lines. */
  readonly find: string
  readonly replace: string
}

export const plants: Readonly<Record<string, Plant>> = {
  'before-image': {
    guard: 'a write names the values of a row from before it, or reaches every reader by that field',
    edits: [
      {
        file: 'planner/plan-one-row',
        find: 'setsAny(data, [field.name]) ? pinned(field) : now(field)',
        replace: 'now(field)',
      },
    ],
  },
  cascades: {
    guard: 'what the database changes along foreign keys is touched too',
    edits: [{ file: 'planner/model-index', find: 'cascades: cascades.get(name) ?? [],', replace: 'cascades: [],' }],
  },
  nested: {
    guard: 'nested writes touch the models that they reach, wide',
    edits: [
      {
        file: 'planner/plan-wide',
        find: 'const touched = [model, ...nested]',
        replace: 'const touched = [model]',
      },
    ],
  },
  'publish-after-commit': {
    guard: 'versions are replaced after COMMIT, and not only before the statement',
    edits: [
      {
        file: 'strategy/write-database-first',
        find: 'await writer.publish(done.after(result), puts, session)',
        replace: 'await writer.release()',
      },
      {
        file: 'strategy/transaction',
        find: 'await writer.publish(all, puts, session)',
        replace: 'await writer.release()',
      },
    ],
  },
  'transaction-publish': {
    guard: 'what a transaction has written is published after its COMMIT',
    edits: [
      {
        file: 'strategy/transaction',
        find: 'await writer.publish(all, puts, session)',
        replace: 'await writer.release()',
      },
    ],
  },
  'transaction-reads': {
    guard: 'reads in a transaction neither use the cache nor fill it',
    edits: [
      {
        file: 'extension/run-read',
        find: "operation.transaction.kind !== 'none'",
        replace: 'false',
      },
    ],
  },
  epoch: {
    guard: 'a server that has forgotten is told by its identity, and a new epoch begins',
    edits: [
      {
        file: 'store/epoch',
        find: "standing !== '' && standing.slice(standing.indexOf('@') + 1) === identity",
        replace: "standing !== ''",
      },
    ],
  },
  'put-alone': {
    guard: 'a row is put only by a writer that was alone on it from fence to publish',
    edits: [
      {
        file: 'protocol/commands.generated',
        find: 'local alone = previous == ARGV[2] and count == 0 and all == 1',
        replace: 'local alone = true',
      },
    ],
  },
  conflict: {
    guard: 'a fill that meets another text of the same versions drops it',
    edits: [
      {
        file: 'protocol/commands.generated',
        find: 'if string.sub(old, first + 1) ~= text then',
        replace: 'if false then',
      },
    ],
  },
  'owed-tags': {
    guard: 'what Redis was not told of is owed, and told when it is back',
    edits: [{ file: 'strategy/writer', find: 'link.unpublished.add(tags)', replace: '' }],
  },
  'pending-flush': {
    guard: 'what a session has pending is applied before it reads a list',
    edits: [{ file: 'extension/flush-before', find: 'marks.size === 0', replace: 'true' }],
  },
  'fill-stamps': {
    guard: 'an entry is served only under the versions that stood before its load',
    edits: [
      {
        file: 'protocol/entry',
        find: "entry[line.length] !== ';' || !entry.startsWith(line)",
        replace: "((line = entry.slice(0, entry.indexOf(';'))), false)",
      },
    ],
  },
  'rolled-back-rows': {
    guard: 'of a transaction in which a statement has failed no row is put',
    edits: [{ file: 'strategy/transaction', find: 'mayPut = false', replace: '' }],
  },
  columns: {
    guard: 'an update says which columns it sets',
    edits: [{ file: 'planner/plan-one-row', find: 'setColumns(model, updated)', replace: 'setColumns(model, {})' }],
  },
  raw: {
    guard: 'raw SQL touches what it writes',
    edits: [{ file: 'extension/run-write', find: "plan.kind === 'reads'", replace: 'true' }],
  },
}
