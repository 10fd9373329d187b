import { AsyncResource } from 'node:async_hooks'
import type { IncomingHttpHeaders } from 'node:http'
import type { Session } from '../extension/cache-face.js'
import { asBadRequest, type CachedClient, type CarryOptions, createCarrier } from './carry.js'

/** The part of Fastify that is used, so that nobody needs its types who does not use it. */
interface Request {
  readonly headers: IncomingHttpHeaders
}
interface Reply {
  header(name: string, value: string | string[]): unknown
}
type Done = (error?: Error) => void
// biome-ignore lint/suspicious/noExplicitAny: Fastify types each hook by its name
type Instance = { addHook(name: any, hook: any): unknown }

interface Carried {
  readonly session: Session
  readonly scope: AsyncResource
}

/**
 * A Fastify plugin, for all routes of the instance that it is registered on: each request is a causal session of its
 * client. The token comes in by header or cookie and goes out by both; handlers know nothing of it.
 *
 * A token that is not taken (PC1201, PC1202) is answered with 400, and the cookie is taken away.
 *
 * @example app.register(sessionPlugin(prisma))
 */
export function sessionPlugin(prisma: CachedClient, options: CarryOptions = {}) {
  const carrier = createCarrier(options)
  const { session } = prisma.$cache
  const carried = new WeakMap<Request, Carried>()
  const within = (own: Session): Carried => ({ session: own, scope: new AsyncResource('prisma-cache-session') })
  // Fastify adds a cookie to those that are there by itself.
  const sinkOf = (reply: Reply) => ({
    getHeader: () => undefined,
    setHeader: (name: string, value: string | string[]) => reply.header(name, value),
  })

  const plugin = (instance: Instance, _options: unknown, registered: Done): void => {
    instance.addHook('onRequest', (request: Request, reply: Reply, done: Done) => {
      const token = carrier.tokenOf(request.headers)
      let own: Carried
      try {
        own = token === undefined ? session(within) : session.resume(token, within)
      } catch (error) {
        carrier.forget(sinkOf(reply))
        return done(asBadRequest(error) as Error)
      }
      carried.set(request, own)
      own.scope.runInAsyncScope(done)
    })
    // The body has been read meanwhile, by callbacks of the socket.
    instance.addHook('preValidation', (request: Request, _reply: Reply, done: Done) => {
      const own = carried.get(request)
      return own ? own.scope.runInAsyncScope(done) : done()
    })
    instance.addHook(
      'onSend',
      (request: Request, reply: Reply, payload: unknown, done: (error: Error | null, payload: unknown) => void) => {
        const own = carried.get(request)?.session
        carrier.put(sinkOf(reply), own && !own.isEmpty() ? own.token() : undefined)
        done(null, payload)
      },
    )
    registered()
  }
  // For the instance that registers it, and not for a child of that.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'prisma-cache-session',
  })
}
