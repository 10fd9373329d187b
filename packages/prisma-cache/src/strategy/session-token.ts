import { createHmac, timingSafeEqual } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { z } from 'zod'
import { PrismaCacheError } from '../errors/cache-error.js'
import { isPosition } from '../protocol/position.js'
import type { SessionState } from './causal-session.js'
import { coarserState } from './coarser-state.js'

const VERSION = 'pc2'
/** Characters of a token: half of what a browser keeps of a cookie. See docs/caveats.md for what may be longer. */
export const MAX_TOKEN = 2000
/** What a token may unfold to: one that was made to be huge is refused before it is. */
const MAX_CONTENT = 256_000

const text = z.string().max(2000)
const version = z.string().regex(/^\d{1,20}\.[\w-]+$/)
const payload = z.strictObject({
  /** Namespace: a token of another cache means nothing here. */
  n: text,
  /** When it was made: seconds by the clock of whoever made it. */
  t: z.int().nonnegative(),
  v: z.record(text, version),
  f: z.record(text, version),
  u: z.array(text).max(200),
  p: z.record(text, z.record(z.string().regex(/^\d{1,5}$/), z.int().nonnegative())),
  /** The position of all own writes (null: it could not be told), and how many ms before the token the last one was. */
  w: z.tuple([z.string().refine(isPosition).nullable(), z.int().nonnegative()]).optional(),
})

export interface TokenOptions {
  readonly namespace: string
  readonly secret: string | undefined
  /** For so many ms a token is taken. */
  readonly lifeMs: number
  /** Milliseconds since 1970. */
  now?(): number
}

/** An opaque text, safe in a header or a cookie; signed when there is a secret. What would be too long is told coarser. */
export function writeToken(state: SessionState, options: TokenOptions): string {
  const token = encode(state, options)
  if (token.length <= MAX_TOKEN) return token
  const byModel = encode(coarserState(state, 'model'), options)
  return byModel.length <= MAX_TOKEN ? byModel : encode(coarserState(state, 'all'), options)
}

function encode(state: SessionState, { namespace, secret, now = Date.now }: TokenOptions): string {
  const { written } = state
  const content = {
    n: namespace,
    t: Math.floor(now() / 1000),
    v: state.versions,
    f: state.floors,
    u: state.unpublished,
    p: state.pending,
    ...(written ? { w: [written.position ?? null, written.agoMs] } : {}),
  }
  const unsigned = `${VERSION}.${deflateRawSync(JSON.stringify(content), { level: 9 }).toString('base64url')}`
  return secret === undefined ? unsigned : `${unsigned}.${sign(unsigned, secret)}`
}

/**
 * @throws PrismaCacheError PC1201 for a token that is cut, foreign, forged or of another version; PC1202 for one that is
 * too old
 */
export function readToken(token: unknown, options: TokenOptions): SessionState {
  const { namespace, secret, lifeMs, now = Date.now } = options
  if (typeof token !== 'string') throw invalid('it is not a text')
  const [version, body, signature, ...rest] = token.split('.')
  if (version !== VERSION || !body || rest.length > 0) throw invalid('it was not made by this version of prisma-cache')
  if (secret !== undefined && !isSigned(`${version}.${body}`, signature ?? '', secret)) {
    throw invalid('its signature does not fit `tokenSecret`')
  }
  if (secret === undefined && signature !== undefined)
    throw invalid('it is signed, but this client has no `tokenSecret`')
  let parsed: z.infer<typeof payload>
  try {
    const content = inflateRawSync(Buffer.from(body, 'base64url'), { maxOutputLength: MAX_CONTENT })
    parsed = payload.parse(JSON.parse(content.toString()))
  } catch (cause) {
    throw invalid('its content cannot be read', cause)
  }
  if (parsed.n !== namespace) throw invalid(`it belongs to the namespace ${JSON.stringify(parsed.n)}`)
  const ageMs = Math.max(0, now() - parsed.t * 1000)
  if (ageMs > lifeMs) throw expired(ageMs, lifeMs)
  const written = parsed.w && { position: parsed.w[0] ?? undefined, agoMs: parsed.w[1] + ageMs }
  const state = { versions: parsed.v, floors: parsed.f, unpublished: parsed.u, pending: parsed.p }
  return written ? { ...state, written } : state
}

function sign(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

function isSigned(text: string, signature: string, secret: string): boolean {
  const given = Buffer.from(signature)
  const expected = Buffer.from(sign(text, secret))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

const NEXT =
  "Begin a new session; reads that must not be stale can ask for `cache: { consistency: 'strong' }` meanwhile."

function invalid(why: string, cause?: unknown): PrismaCacheError {
  return new PrismaCacheError('PC1201', `the session token cannot be resumed: ${why}. ${NEXT}`, { cause })
}

function expired(ageMs: number, lifeMs: number): PrismaCacheError {
  const [age, life] = [ageMs, lifeMs].map((ms) => `${Math.round(ms / 1000)} s`)
  return new PrismaCacheError('PC1202', `the session token is ${age} old, and is taken for ${life}. ${NEXT}`)
}
