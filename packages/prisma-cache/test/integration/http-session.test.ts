import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import Fastify from 'fastify'
import { type CarryOptions, sessionMiddleware, sessionPlugin } from '../../src/http/index.js'
import { type Bench, createBench } from './support/bench.js'
import { type Extended, extend } from './support/extended.js'

let bench: Bench
beforeAll(async () => {
  bench = await createBench()
})
afterAll(() => bench.close())

interface Site {
  readonly url: string
  close(): Promise<unknown>
}

/** The handlers know of Prisma alone. */
async function fastifySite(prisma: Extended, options?: CarryOptions): Promise<Site> {
  const app = Fastify()
  app.register(sessionPlugin(prisma, options))
  app.post<{ Params: { id: string } }>('/:id', async (request) => {
    await prisma.team.create({ data: { name: request.params.id } })
    return 'made'
  })
  app.get('/read', async (_request, reply) => {
    reply.header('set-cookie', 'other=1; Path=/')
    return await prisma.team.count()
  })
  app.post('/body', async (request) => {
    await prisma.team.create({ data: { name: String((request.body as { name: string }).name) } })
    return 'made'
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { url, close: () => app.close() }
}

/** A chain as Express has it: middleware, then a handler, errors at its end. */
async function expressSite(prisma: Extended, options?: CarryOptions): Promise<Site> {
  const middleware = sessionMiddleware(prisma, options)
  const handler = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET') {
      response.setHeader('Set-Cookie', 'other=1; Path=/')
      return void response.end(String(await prisma.team.count()))
    }
    let body = ''
    for await (const chunk of request) body += chunk
    await prisma.team.create({ data: { name: body || 'x' } })
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.end('made')
  }
  const server: Server = createServer((request, response) => {
    middleware(request, response, (error) => {
      if (!error) return void handler(request, response)
      response.statusCode = (error as { status?: number }).status ?? 500
      response.end((error as Error).message)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { url, close: () => new Promise((resolve) => server.close(resolve)) }
}

describe.each([
  ['Fastify', fastifySite],
  ['Express', expressSite],
])('%s', (_, start) => {
  let client: ReturnType<typeof extend>
  let site: Site
  beforeEach(async () => {
    client = extend(bench, { tokenSecret: 'a secret of some length' })
    site = await start(client.prisma)
  })
  afterEach(() => site.close())

  const cookieOf = (answer: Response) => answer.headers.getSetCookie().find((text) => text.startsWith('cache-token='))

  test('a write leaves a token in header and cookie, with which another process sees it', async () => {
    const other = extend(bench, { tokenSecret: 'a secret of some length' })
    const written = await fetch(`${site.url}/body`, {
      method: 'POST',
      body: '{"name":"named"}',
      headers: { 'content-type': 'application/json' },
    })
    expect(await written.text()).toBe('made')
    const token = written.headers.get('x-cache-token')!
    expect(cookieOf(written)).toBe(`cache-token=${token}; Path=/; HttpOnly; SameSite=Lax`)
    // What it holds is the write of the handler: markers of Team, and of nothing else.
    const seen = other.prisma.$cache.session.resume(token, (session) => session.isEmpty())
    expect(seen).toBe(false)
  })

  test('the token that comes in is the session of the handler, and goes on; other cookies stay', async () => {
    const first = await fetch(`${site.url}/one`, { method: 'POST' })
    const token = first.headers.get('x-cache-token')!
    const ways: Record<string, string>[] = [{ 'x-cache-token': token }, { cookie: `a=b; cache-token=${token}; c=d` }]
    for (const headers of ways) {
      client.events()
      const second = await fetch(`${site.url}/read`, { headers })
      expect(Number(await second.text())).toBeGreaterThan(0)
      expect(second.headers.get('x-cache-token')).toMatch(/^pc2\./)
      expect(second.headers.getSetCookie()).toEqual(['other=1; Path=/', cookieOf(second)])
    }
  })

  test('a session that has written nothing leaves no token: its answers can be cached', async () => {
    const answer = await fetch(`${site.url}/read`)
    expect(answer.headers.get('x-cache-token')).toBeNull()
    expect(answer.headers.getSetCookie()).toEqual(['other=1; Path=/'])
  })

  test.each(['header', 'cookie'])(
    'a forged token (%s) is answered with 400 and taken away; nothing is read',
    async (way) => {
      const headers: Record<string, string> =
        way === 'header' ? { 'x-cache-token': 'pc2.forged' } : { cookie: 'cache-token=pc2.forged' }
      client.events()
      const answer = await fetch(`${site.url}/read`, { headers })
      expect(answer.status).toBe(400)
      expect(await answer.text()).toContain('PC1201')
      expect(cookieOf(answer)).toBe('cache-token=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0')
      expect(client.events()).toEqual([])
    },
  )
})

test('two requests at a time are two sessions', async () => {
  const { prisma } = extend(bench)
  for (const start of [fastifySite, expressSite]) {
    const site = await start(prisma)
    const [written, read] = await Promise.all([fetch(`${site.url}/one`, { method: 'POST' }), fetch(`${site.url}/read`)])
    expect(written.headers.get('x-cache-token')).toMatch(/^pc2\./)
    expect(read.headers.get('x-cache-token')).toBeNull()
    await site.close()
  }
})
