import { AsyncResource } from 'node:async_hooks'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Session } from '../extension/cache-face.js'
import { asBadRequest, type CachedClient, type CarryOptions, createCarrier } from './carry.js'

/**
 * Express (and Connect) middleware: each request is a causal session of its client. The token comes in by header or cookie
 * and goes out by both, with the first byte of the answer; handlers know nothing of it.
 *
 * A token that is not taken (PC1201, PC1202) goes to `next` as an error with status 400, and the cookie is taken away.
 *
 * @example app.use(sessionMiddleware(prisma))
 */
export function sessionMiddleware(prisma: CachedClient, options: CarryOptions = {}) {
  const carrier = createCarrier(options)
  const { session } = prisma.$cache
  return (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void): void => {
    const token = carrier.tokenOf(request.headers)
    const within = (own: Session) => {
      beforeHeaders(response, () => carrier.put(response, own.isEmpty() ? undefined : own.token()))
      return new AsyncResource('prisma-cache-session')
    }
    let scope: AsyncResource
    try {
      scope = token === undefined ? session(within) : session.resume(token, within)
    } catch (error) {
      carrier.forget(response)
      next(asBadRequest(error))
      return
    }
    // Apart from the above: what handlers throw is no fault of the token.
    scope.runInAsyncScope(next)
  }
}

/** Node writes the headers by `writeHead`, also where nobody calls it. */
function beforeHeaders(response: ServerResponse, put: () => void): void {
  const { writeHead } = response
  response.writeHead = function (this: ServerResponse, ...args: Parameters<typeof writeHead>) {
    response.writeHead = writeHead
    put()
    return writeHead.apply(this, args)
  } as typeof writeHead
}
