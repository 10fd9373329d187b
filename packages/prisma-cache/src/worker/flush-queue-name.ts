import { createKeys } from '../protocol/keys.js'
import { FLUSH_QUEUE } from '../queue/flush-queue.js'

/**
 * Where the BullMQ queue of a namespace is, for dashboards. To be looked at only: jobs that are added, moved or removed
 * there by others are found missing by the sweep, and rejected writes are retried by `prisma-cache rejected`.
 *
 * @example new Queue(name, { prefix, connection })
 */
export function flushQueue(namespace = 'pc'): { readonly name: string; readonly prefix: string } {
  return { name: FLUSH_QUEUE, prefix: createKeys(namespace).bullPrefix }
}
