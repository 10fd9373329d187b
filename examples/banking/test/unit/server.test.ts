import type { FastifyPluginCallback } from 'fastify'
import { sessionPlugin } from 'prisma-cache/http'
import { createServer } from '../../src/api/server.js'
import type { RowStatus } from '../../src/api/session-page.js'
import { HEADER } from '../../src/api/wire.js'
import type { BankClient } from '../../src/db/bank-client.js'
import type { CacheControl, Database } from '../../src/db/database.js'

const CALL_ID = '0197f9c4-2cd9-738c-b429-568def8d2b6d'

/** A bank with one session, of customer 1, and with customers 1 and 3. */
const client = {
  session: {
    findUnique: async () => ({ id: 's', customerId: 1, hits: 4 }),
    update: async () => ({ id: 's', customerId: 1, hits: 4 }),
    create: async () => ({ id: 's' }),
  },
  pageCounter: { update: async () => ({ id: 'home', visits: 9 }), findUnique: async () => ({ visits: 9 }) },
  customer: {
    findUnique: async () => ({ id: 1, name: 'One' }),
    findUniqueOrThrow: async () => ({ id: 1, name: 'One', big: 12n }),
  },
  auditLog: { create: async () => ({ id: 5n }) },
} as unknown as BankClient

const tokens: string[] = []
const bearer = { token: () => 'next', isEmpty: () => false }
/** Sessions as `$cache` has them. */
const session = Object.assign(<R>(fn: (session: typeof bearer) => R) => fn(bearer), {
  resume<R>(token: string, fn: (session: typeof bearer) => R) {
    tokens.push(token)
    if (token === 'forged') throw Object.assign(new Error('PC1201: not ours'), { code: 'PC1201' })
    return fn(bearer)
  },
})
let status: RowStatus = 'pending'
const database = {
  client,
  http: sessionPlugin({ $cache: { session } }) as unknown as FastifyPluginCallback,
  cache: { status: async () => status } as unknown as CacheControl,
  causally: async () => {
    throw new Error('no request calls this')
  },
  close: async () => {},
} as Database
const server = createServer(database, client)

let base: string
beforeAll(async () => {
  base = await server.listen({ host: '127.0.0.1', port: 0 })
})
afterAll(() => server.close())

const post = (path: string, headers: Record<string, string> = {}) => fetch(base + path, { method: 'POST', headers })
const mine = { [HEADER.session]: 's', [HEADER.call]: CALL_ID }

test('a login answers with the session and the first token', async () => {
  const answer = await post('/customers/1/sessions')
  expect([answer.status, await answer.json(), answer.headers.get(HEADER.token)]).toEqual([
    200,
    { sessionId: 's' },
    'next',
  ])
})

test('a call answers with what it wrote, and runs as the bearer of the token', async () => {
  const answer = await post('/customers/1/profile', { ...mine, [HEADER.token]: 'mine' })
  expect(tokens.at(-1)).toBe('mine')
  expect(await answer.json()).toEqual({
    outcome: 'done',
    delta: 0,
    answer: { customer: { id: 1, name: 'One', big: '12' }, visits: 9 },
    marks: [
      { question: { model: 'Session', id: 's' }, value: 4 },
      { question: { model: 'PageCounter', id: 'home' }, value: 9 },
      { question: { model: 'AuditLog', id: 1 }, value: 5 },
    ],
  })
})

test.each([
  ['pending', 'Saved, being recorded.', true],
  ['clean', 'Recorded.', false],
  ['rejected', 'Could not be recorded.', false],
] as const)('the page of a session that is %s says so', async (standing, told, again) => {
  status = standing
  const answer = await fetch(`${base}/sessions/s`)
  const text = await answer.text()
  expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
  expect(text).toContain('after 4 calls')
  expect(text).toContain(told)
  expect(text.includes('http-equiv="refresh"')).toBe(again)
})

test.each([
  ['no session', '/customers/1/profile', { [HEADER.call]: CALL_ID }, 400],
  ['no call id', '/customers/1/profile', { [HEADER.session]: 's' }, 400],
  ['a call id that is none', '/customers/1/profile', { [HEADER.session]: 's', [HEADER.call]: '7' }, 400],
  ['no such call', '/customers/1/rob', mine, 400],
  ['a foreign token', '/customers/1/profile', { ...mine, [HEADER.token]: 'forged' }, 400],
  ["somebody else's session", '/customers/3/profile', mine, 403],
  ['no such route', '/customers', mine, 404],
])('%s: %s', async (_name, url, headers, status) => {
  expect((await post(url, headers)).status).toBe(status)
})
