import { PrismaCacheError } from '../errors/cache-error.js'
import { messageOf } from '../errors/message-of.js'

/** Nothing was accepted. It does not go to the database either: pending changes of the row would come after it. */
export function notAccepted(model: string, cause: unknown): PrismaCacheError {
  return new PrismaCacheError(
    'PC1301',
    `the write to ${model} was not accepted: Redis, which holds what is pending on the row, did not take it: ` +
      `${messageOf(cause) ?? 'no reason given'}. Nothing was changed; try again when Redis answers.`,
    { cause },
  )
}

/** The row was written past the queue, and what is pending on it must go first. */
export function notFlushed(model: string, cause: unknown): PrismaCacheError {
  return new PrismaCacheError(
    'PC1301',
    `the write to ${model} was not accepted: the row was changed past the queue, and what is pending on it could not be ` +
      'flushed first. Nothing was changed; see that a worker runs and reaches the database, then try again.',
    { cause },
  )
}

/** Sent, and no answer came. */
export function perhapsAccepted(model: string, cause: unknown): PrismaCacheError {
  return new PrismaCacheError(
    'PC1301',
    `it is unknown whether the write to ${model} was accepted: the connection to Redis was lost, or too slow, after it ` +
      'was sent. Read the row when Redis answers before writing again.',
    { cause },
  )
}

/** What Redis refused, or what ioredis never sent, has changed nothing. */
export function asAcceptError(model: string, cause: unknown): PrismaCacheError {
  const certain = cause instanceof Error && (cause.name === 'ReplyError' || NOT_SENT.test(cause.message))
  return certain ? notAccepted(model, cause) : perhapsAccepted(model, cause)
}

const NOT_SENT = /^Stream isn't writeable and enableOfflineQueue options is false/
