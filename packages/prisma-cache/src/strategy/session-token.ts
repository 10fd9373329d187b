import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { PrismaCacheError } from '../errors/cache-error.js'
import type { SessionState } from './causal-session.js'

const VERSION = 'pc1'

const text = z.string().max(2000)
const payload = z.strictObject({
  /** Namespace: a token of another cache means nothing here. */
  n: text,
  v: z.record(text, z.string().regex(/^\d{1,20}\.[\w-]+$/)),
  f: z.record(text, z.string().regex(/^\d{1,20}\.[\w-]+$/)),
  u: z.array(text).max(200),
  p: z.record(text, z.record(z.string().regex(/^\d{1,5}$/), z.int().nonnegative())),
})

/** An opaque text, safe in a header or a cookie; signed when there is a secret. */
export function writeToken(namespace: string, state: SessionState, secret: string | undefined): string {
  const body = Buffer.from(
    JSON.stringify({ n: namespace, v: state.versions, f: state.floors, u: state.unpublished, p: state.pending }),
  ).toString('base64url')
  const unsigned = `${VERSION}.${body}`
  return secret === undefined ? unsigned : `${unsigned}.${sign(unsigned, secret)}`
}

/** @throws PrismaCacheError PC1201 for a token that is cut, foreign, forged or of another version */
export function readToken(namespace: string, token: unknown, secret: string | undefined): SessionState {
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
    parsed = payload.parse(JSON.parse(Buffer.from(body, 'base64url').toString()))
  } catch (cause) {
    throw invalid('its content cannot be read', cause)
  }
  if (parsed.n !== namespace) throw invalid(`it belongs to the namespace ${JSON.stringify(parsed.n)}`)
  return { versions: parsed.v, floors: parsed.f, unpublished: parsed.u, pending: parsed.p }
}

function sign(text: string, secret: string): string {
  return createHmac('sha256', secret).update(text).digest('base64url')
}

function isSigned(text: string, signature: string, secret: string): boolean {
  const given = Buffer.from(signature)
  const expected = Buffer.from(sign(text, secret))
  return given.length === expected.length && timingSafeEqual(given, expected)
}

function invalid(why: string, cause?: unknown): PrismaCacheError {
  return new PrismaCacheError(
    'PC1201',
    `the session token cannot be resumed: ${why}. Begin a new session; reads that must not be stale can ask for ` +
      "`cache: { consistency: 'strong' }` meanwhile.",
    { cause },
  )
}
