/**
 * How write-behind writes stand in Redis. Accepting, sealing, applying and dropping all speak this format; nothing
 * else knows it. Field values are texts of `protocol/field-codec.ts`.
 *
 * The pending row (`keys.pendingRow`, a hash): what a reader sees while any change of the row is not applied.
 *   =<field>   value of each field, base plus every change, open and sealed
 *   #alive     1, or 0 when the row is deleted as far as accepted
 *   #seq       sequence of the last accepted change; sequences count within the shard
 *   #since     ms since 1970 by Redis, first change that is not applied
 *   #v #w #e   version of the row's tag, version of the model's wide tag and epoch under which the base was read. Any of
 *              them differing from the current one means that somebody wrote the row past the queue: flush, then read.
 *
 * The open change (`keys.openChange`, a hash): what the next seal takes.
 *   #kind      C create, U update, D delete, R delete then create
 *   #first #last   sequences; #since as above
 *   =<field>   value to set
 *   +<field>   sum of integer deltas (only in U; a set field has no delta: the delta went into the value)
 *
 * The sealed batch of a shard (`keys.shard().sealed`, a hash): never changes until it is dropped.
 *   #epoch #number #at   queue epoch, batch number, ms
 *   <row>      JSON of SealedChange
 *
 * `keys.shard().dirty` scores each row that has an open change with its #first.
 */
export type ChangeKind = 'C' | 'U' | 'D' | 'R'

export interface SealedChange {
  readonly kind: ChangeKind
  readonly first: number
  readonly last: number
  readonly since: number
  readonly set: Readonly<Record<string, string>>
  readonly add: Readonly<Record<string, string>>
}

/** A rejected write as `keys.shard().rejected` holds it. */
export interface RejectedChange extends SealedChange {
  readonly model: string
  readonly row: string
  /** What Postgres said. */
  readonly error: string
  /** SQLSTATE when known. */
  readonly sqlState?: string
  readonly at: number
  /** Version of the row's tag when it was rejected: under another one, the row may have been written since. */
  readonly version?: string
  /** A later write of the row stands. */
  readonly superseded?: true
}

/** Sequences up to which something must be applied, by model and shard. */
export type SequenceMarks = ReadonlyMap<string, ReadonlyMap<number, number>>
