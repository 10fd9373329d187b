import type { SessionFunction } from '../extension/cache-face.js'

/** A client with the extension, as far as sessions go. */
export interface CachedClient {
  readonly $cache: { readonly session: SessionFunction }
}

export interface CarryOptions {
  /** In and out, for clients that are programs. Default `x-cache-token`. */
  readonly header?: string
  /** In and out, for browsers; `false`: none. Default `cache-token`. */
  readonly cookie?: string | false
  /** What follows the cookie's value. Default `Path=/; HttpOnly; SameSite=Lax`. */
  readonly cookieAttributes?: string
}

/** Where a response keeps its headers. */
export interface HeaderSink {
  getHeader(name: string): unknown
  setHeader(name: string, value: string | string[]): unknown
}

type Headers = Readonly<Record<string, string | string[] | undefined>>

export interface Carrier {
  /** The token that a request brings: the header's, else the cookie's. */
  tokenOf(headers: Headers): string | undefined
  /** Hands the token on. Nothing where there is nothing to hand on. */
  put(sink: HeaderSink, token: string | undefined): void
  /** Takes the cookie away, whose token is not taken: else every later request would fail for it as well. */
  forget(sink: HeaderSink): void
}

export function createCarrier(options: CarryOptions): Carrier {
  const { header = 'x-cache-token', cookie = 'cache-token' } = options
  const { cookieAttributes = 'Path=/; HttpOnly; SameSite=Lax' } = options

  function addCookie(sink: HeaderSink, text: string): void {
    const before = sink.getHeader('set-cookie')
    const others = (Array.isArray(before) ? before : before === undefined ? [] : [before]).map(String)
    sink.setHeader('set-cookie', [...others, text])
  }

  return {
    tokenOf(headers) {
      const given = headers[header.toLowerCase()]
      const token = Array.isArray(given) ? given[0] : given
      return token || (cookie === false ? undefined : cookieOf(headers.cookie, cookie))
    },
    put(sink, token) {
      if (token === undefined) return
      sink.setHeader(header, token)
      if (cookie !== false) addCookie(sink, `${cookie}=${token}; ${cookieAttributes}`)
    },
    forget(sink) {
      if (cookie !== false) addCookie(sink, `${cookie}=; ${cookieAttributes}; Max-Age=0`)
    },
  }
}

function cookieOf(header: string | string[] | undefined, name: string): string | undefined {
  const pairs = (Array.isArray(header) ? header.join('; ') : (header ?? '')).split(/; */)
  const found = pairs.find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1).replace(/^"(.*)"$/, '$1') || undefined
}

/** A token that is not taken is the caller's mistake, not the server's: both frameworks answer 400 by these. */
export function asBadRequest(error: unknown): unknown {
  const { code } = (error ?? {}) as { code?: unknown }
  if (code !== 'PC1201' && code !== 'PC1202') return error
  return Object.assign(error as object, { status: 400, statusCode: 400, expose: true })
}
