import { keyName, type Tag } from './tag.js'

/**
 * The only place that knows how keys in Redis are named.
 *
 * A hash tag (`{…}`) decides the slot of a Redis Cluster. Row keys share the slot of their shard, so that one script
 * may compare a row's version, see its fence and write its entry or its pending change; a model's rows spread over
 * SHARDS slots, and tables, lists and the epoch lie in slots of their own. Versions of a model share a prefix, by which
 * Redis tells processes of their changes.
 */

/**
 * Shards a model's rows are spread over. Each has a flush of its own, so few shards make large batches and many spread
 * wide over a cluster. Part of the key layout: changing it orphans what Redis holds.
 */
export const SHARDS = 4

/**
 * Of the text of entries: their head, and how rows and answers are written. Part of their keys, so that two releases side
 * by side do not read each other's. Versions, fences and what is pending have none: those, both must understand.
 */
export const ENTRY_FORMAT = 2

/** Where the version of a tag and the fence of its writers stand. Both lie in one slot. */
export interface TagKeys {
  readonly version: string
  readonly fence: string
}

/** The keys of one write-behind shard of a model; all in one slot, which is also the slot of the shard's row keys. */
export interface ShardKeys {
  /** Counter: sequence number of the last accepted write of the shard. */
  readonly sequence: string
  /** Sorted set: row id → sequence of the first change in the open window. */
  readonly dirty: string
  /** Hash: the sealed batch; see `lua/seal-*.lua`. */
  readonly sealed: string
  /** Counter: number of the last sealed batch. */
  readonly batch: string
  /** Hash: row id → JSON of a rejected write. */
  readonly rejected: string
  /** JSON list of the shards, as `model.shard`, that the sealed batch waits for; gone when it no longer does. */
  readonly waitsFor: string
  /** Who keeps writes of the shard out of the queue; see `lua/hold-*.lua`. */
  readonly hold: string
  /** Hash: how many rows were flushed, and how fast; see `lua/include/flush-rate.lua`. */
  readonly flushed: string
}

export interface Keys {
  readonly namespace: string
  /** Names the generation of everything cached, and the server it was made on. */
  readonly epoch: string
  /** Exists while fences of an earlier epoch may still be on their way. Same slot as `epoch`. */
  readonly quarantine: string
  /** Names the generation of the queue; drawn from Postgres. */
  readonly queueEpoch: string
  /** Prefix under which BullMQ keeps its own keys. */
  readonly bullPrefix: string
  /** Of a `field` tag the version is no key: it stands in the model's `fieldVersions`, under the field's token. */
  tag(tag: Tag): TagKeys
  /** Text of an epoch, a version of the tag and the log position that shows all that was published by then. */
  position(tag: Tag): string
  /** Text of `token=version;` items, one a field that some reader narrows by; see `lua/include/fields.lua`. */
  fieldVersions(model: string): string
  /** What the keys of all versions of a model begin with, and no others. */
  versionPrefixes(model: string): readonly string[]
  /** Entry of one whole row; lies in the slot of the row's tag. */
  rowEntry(model: string, row: string, shapeHash: string): string
  /** Entry of any other answer. `digest` stands for the canonical identity of the question. */
  answerEntry(model: string, digest: string): string
  /** Held by whoever loads an entry anew that is still served. */
  refreshLease(entry: string): string
  shard(model: string, shard: number): ShardKeys
  /** Hash: the merged row (base plus every change not yet applied). */
  pendingRow(model: string, row: string): string
  /** Hash: the change of the open window. */
  openChange(model: string, row: string): string
}

/** Shard of a row: FNV-1a over the UTF-16 units, so that every process agrees without a table. */
export function shardOf(row: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < row.length; i++) {
    hash ^= row.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return (hash >>> 0) % SHARDS
}

export function createKeys(namespace: string): Keys {
  const table = (model: string) => `${namespace}:{${model}}`
  const shard = (model: string, n: number) => `${namespace}:{${model}#${n}}`
  const versions = `${namespace}:v:`
  const tableVersions = (model: string) => `${versions}{${model}}`
  const fieldVersions = (model: string) => `${tableVersions(model)}:f`
  const ofRow = (model: string, row: string) => shard(model, shardOf(row))
  const versionsOfRow = (model: string, row: string) => `${versions}{${model}#${shardOf(row)}}`
  const tagKeys = (tag: Tag): TagKeys => {
    switch (tag.kind) {
      case 'table':
        return { version: `${tableVersions(tag.model)}:t`, fence: `${table(tag.model)}:ft` }
      case 'wide':
        return { version: `${tableVersions(tag.model)}:w`, fence: `${table(tag.model)}:fw` }
      case 'row': {
        const version = `${versionsOfRow(tag.model, tag.row)}:r:${tag.row}`
        return { version, fence: `${ofRow(tag.model, tag.row)}:f:${tag.row}` }
      }
      case 'key': {
        // Columns of a key lie in its slot.
        const name = keyName(tag)
        const of = keyName({ ...tag, column: undefined })
        const version = `${versionsOfRow(tag.model, of)}:k:${name}`
        return { version, fence: `${ofRow(tag.model, of)}:fk:${name}` }
      }
      case 'field':
        return { version: `${fieldVersions(tag.model)}#${tag.field}`, fence: `${table(tag.model)}:ft` }
    }
  }
  return {
    namespace,
    epoch: `${namespace}:{epoch}`,
    quarantine: `${namespace}:{epoch}:quarantine`,
    queueEpoch: `${namespace}:{queue}:epoch`,
    bullPrefix: `${namespace}:{bull}`,
    tag: tagKeys,
    position: (tag) => `${namespace}:l:${tagKeys(tag).version.slice(versions.length)}`,
    fieldVersions,
    versionPrefixes: (model) => [`${tableVersions(model)}:`, `${versions}{${model}#`],
    rowEntry: (model, row, shapeHash) => `${ofRow(model, row)}:e:${ENTRY_FORMAT}.${shapeHash}:${row}`,
    answerEntry: (model, digest) => `${namespace}:a:${model}:${ENTRY_FORMAT}.${digest}`,
    refreshLease: (entry) => `${namespace}:r:${entry}`,
    shard(model, n) {
      const at = shard(model, n)
      return {
        sequence: `${at}:seq`,
        dirty: `${at}:dirty`,
        sealed: `${at}:sealed`,
        batch: `${at}:batch`,
        rejected: `${at}:rejected`,
        waitsFor: `${at}:waits`,
        hold: `${at}:hold`,
        flushed: `${at}:flushed`,
      }
    },
    pendingRow: (model, row) => `${ofRow(model, row)}:p:${row}`,
    openChange: (model, row) => `${ofRow(model, row)}:o:${row}`,
  }
}
