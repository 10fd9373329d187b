import { PrismaCacheError } from '../errors/cache-error.js'
import type { RejectedChange } from './change.js'

/** A flush that ended with writes that Postgres has refused. Everything else that was waited for is applied. */
export class FlushRejectedError extends PrismaCacheError {
  readonly rejected: readonly RejectedChange[]

  constructor(rejected: readonly RejectedChange[]) {
    const [first] = rejected
    const more = rejected.length > 1 ? ` (and ${rejected.length - 1} more)` : ''
    super(
      'PC1303',
      `Postgres refused ${rejected.length} flushed write${rejected.length === 1 ? '' : 's'}: ${first?.model} ${JSON.stringify(first?.row)}: ${first?.error}${more}. ` +
        'Each is kept with its values in `error.rejected`, in Redis and as a failed job of the flush queue: mend the data and write it again, or drop it.',
    )
    this.name = 'FlushRejectedError'
    this.rejected = rejected
  }
}
