import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify'
import { logIn } from '../bank/log-in.js'
import { NoSuchCustomer, NotYourSession, serveCall } from '../bank/serve-call.js'
import type { BankClient } from '../db/bank-client.js'
import type { Database } from '../db/database.js'
import { BadCall, parseCall } from './parse-call.js'
import { sessionPage } from './session-page.js'
import { HEADER } from './wire.js'

/**
 * `POST /customers/:id/sessions` logs in; `POST /customers/:id/:call` is a call of the bank; `GET /sessions/:id` is a page
 * for people. What a client has written it sees in its next call, on whatever process answers: no handler knows how.
 */
export function createServer(database: Database, client: BankClient): FastifyInstance {
  const server = Fastify({ logger: false })
  if (database.http) server.register(database.http)
  server.setReplySerializer((payload) => JSON.stringify(payload, bigintAsText))
  server.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error)
    if (status === 500) console.error(error)
    return reply.code(status).send({ error: error instanceof Error ? error.message : String(error) })
  })

  type Route = { Params: { id: string; call: string }; Body: Record<string, unknown> | null }

  server.post<Route>('/customers/:id/sessions', async (request) => {
    const { customerId } = parseCall('profile', request.params.id, {})
    const session = await logIn(client, customerId, request.headers['user-agent'])
    return { sessionId: session.id }
  })

  server.post<Route>('/customers/:id/:call', async (request) => {
    const call = parseCall(request.params.call, request.params.id, request.body ?? {})
    const sessionId = header(request, HEADER.session)
    const callId = header(request, HEADER.call)
    if (!sessionId) throw new BadCall(`header ${HEADER.session} is missing`)
    if (!callId || !UUID.test(callId)) throw new BadCall(`header ${HEADER.call} is a UUID of the caller's making`)
    return serveCall(client, call, { sessionId, callId })
  })

  server.get<{ Params: { id: string } }>('/sessions/:id', async (request, reply) => {
    reply.type('text/html; charset=utf-8')
    const { id } = request.params
    const session = await client.session.findUnique({ where: { id } })
    return sessionPage(session, (await database.cache?.status(id)) ?? 'clean')
  })

  return server
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

const bigintAsText = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value)

/** prisma-cache: a token that is cut, foreign or forged. */
const FOREIGN_TOKEN = 'PC1201'

function statusOf(error: unknown): number {
  if (error instanceof BadCall) return 400
  if (error instanceof NotYourSession) return 403
  if (error instanceof NoSuchCustomer) return 404
  const { code, statusCode: own } = (error ?? {}) as { code?: unknown; statusCode?: unknown }
  if (code === FOREIGN_TOKEN) return 400
  return typeof own === 'number' ? own : 500
}
