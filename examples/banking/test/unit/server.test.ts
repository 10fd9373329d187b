import { createServer } from '../../src/api/server.js'
import { HEADER } from '../../src/api/wire.js'
import type { BankClient } from '../../src/db/bank-client.js'
import type { Database } from '../../src/db/database.js'

const CALL_ID = '0197f9c4-2cd9-738c-b429-568def8d2b6d'

/** A bank with one session, of customer 1, and with customers 1 and 3. */
const client = {
  session: {
    findUnique: async () => ({ id: 's', customerId: 1 }),
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

const tokens: (string | undefined)[] = []
const database: Database = {
  client,
  async causally(token, work) {
    tokens.push(token)
    if (token === 'forged') throw Object.assign(new Error('PC1201: not ours'), { code: 'PC1201' })
    return { result: await work(), token: 'next' }
  },
  close: async () => {},
}
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
