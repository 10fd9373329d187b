import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { type Tag, tagName } from '../../src/protocol/tag.js'
import { createCausalSession, type SessionState } from '../../src/strategy/causal-session.js'
import { MAX_TOKEN, readToken, type TokenOptions, writeToken } from '../../src/strategy/session-token.js'

const MICROS = 1_790_000_000_000_000
const uuid = (n: number) => `0197f9c4-2cd9-738c-b429-${(n * 7_919_003).toString(16).padStart(12, '0')}`
const row = (model: string, n: number): Tag => ({ kind: 'row', model, row: uuid(n) })
const versionOf = (n: number) => `${MICROS + n * 1733}.aB3_xY9z${n.toString(36)}`
const options = (more: Partial<TokenOptions> = {}): TokenOptions => ({
  namespace: 'pc',
  secret: undefined,
  lifeMs: 60_000,
  ...more,
})
const signed = options({ secret: 'a secret of some length' })

const session = (from?: SessionState) => createCausalSession(() => true, from)

/** A session that has written `rows` rows of each of `models` models, and of each its table. */
function busy(rows: number, models: number) {
  const own = session()
  for (let m = 0; m < models; m++) {
    const name = `ModelOfSomeLength${m}`
    for (let n = 0; n < rows; n++) own.mark(new Map([[tagName(row(name, n)), versionOf(n)]]))
    own.mark(new Map([[`t:${name}`, versionOf(rows)]]))
    own.wrote([name], `00000001${(0x3000148 + m).toString(16).padStart(16, '0')}`)
  }
  return own
}

const roundTrip = (state: SessionState, given = options()) => readToken(writeToken(state, given), given)

test('what goes in comes out, as long as it fits', () => {
  const state = busy(10, 2).state()
  expect(roundTrip(state)).toEqual({ ...state, written: { ...state.written, agoMs: expect.any(Number) } })
  const now = () => 1_000_000
  expect(roundTrip(state, { ...signed, now })).toEqual(roundTrip(state, options({ now })))
})

test.each([
  [1, 1],
  [60, 1],
  [1000, 3],
  [200, 200],
])('a token of %i rows of each of %i models is short, and forgets none of them', (rows, models) => {
  const own = busy(rows, models)
  for (let m = 0; m < models; m++) own.markUnpublished([row(`ModelOfSomeLength${m}`, 1)])
  const token = writeToken(own.state(), signed)
  expect(token.length).toBeLessThanOrEqual(MAX_TOKEN)
  expect(token).toMatch(/^[\w.-]+$/) // needs no quoting in a header or a cookie
  const resumed = session(readToken(token, signed))
  for (let m = 0; m < models; m++) {
    const name = `ModelOfSomeLength${m}`
    expect(resumed.mistrusts([row(name, 1)])).toBe(true)
    expect(resumed.needOf([name])).toBe(own.needOf([`ModelOfSomeLength${models - 1}`]))
    expect(resumed.isCoveredBy([{ kind: 'table', model: name }], [versionOf(rows - 1)])).toBe(false)
    for (let n = 0; n < rows; n += 37) {
      expect(resumed.isCoveredBy([row(name, n)], [`${MICROS + n * 1733 - 1}.a`])).toBe(false)
      expect(resumed.isCoveredBy([row(name, n)], [versionOf(rows + 1)])).toBe(true)
    }
  }
})

test('no cut and no changed letter of a signed token is taken; of an unsigned one none ends in another way than PC1201', () => {
  const state = busy(5, 1).state()
  const token = writeToken(state, signed)
  const bare = writeToken(state, options())
  for (let at = 0; at < token.length; at++) {
    expect(() => readToken(token.slice(0, at), signed)).toThrow(/PC1201/)
    const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
    expect(() => readToken(changed, signed)).toThrow(/PC1201/)
  }
  fc.assert(
    fc.property(fc.string(), fc.nat(bare.length), (junk, at) => {
      try {
        readToken(bare.slice(0, at) + junk + bare.slice(at + 1), options())
      } catch (error) {
        expect((error as { code: string }).code).toBe('PC1201')
      }
    }),
  )
})

test.each([
  ['of another namespace', options({ namespace: 'other' }), options(), /belongs to the namespace "other"/],
  ['of another secret', options({ secret: 'another one of that length' }), signed, /signature/],
  ['unsigned', options(), signed, /signature/],
  ['signed, where nobody can tell', signed, options(), /no `tokenSecret`/],
])('%s: PC1201', (_, writing, reading, why) => {
  expect(() => readToken(writeToken(busy(1, 1).state(), writing), reading)).toThrow(why)
  expect(() => readToken(writeToken(busy(1, 1).state(), writing), reading)).toThrow(/^PC1201/)
})

test('too old: PC1202, whether it is signed or not; as old as that is fine', () => {
  for (const given of [options(), signed]) {
    const token = writeToken(busy(1, 1).state(), { ...given, now: () => 1_000_000 })
    const wroteAgo = readToken(token, { ...given, now: () => 1_060_000 }).written!.agoMs
    expect(wroteAgo).toBeGreaterThanOrEqual(60_000) // a sticky window goes on where it was
    expect(() => readToken(token, { ...given, now: () => 1_061_000 })).toThrow(/PC1202: .*61 s old.*60 s/)
    expect(readToken(token, { ...given, now: () => 500_000 })).toBeDefined() // a clock that is behind
  }
})

test('content that is no session, and content that unfolds to more than one is, are refused', () => {
  const put = (content: string) => `pc2.${deflateRawSync(content).toString('base64url')}`
  for (const content of ['', 'null', '{}', '[1]', '{"n":"pc","t":1,"v":{"a":"b"},"f":{},"u":[],"p":{}}']) {
    expect(() => readToken(put(content), options())).toThrow(/PC1201/)
  }
  expect(() => readToken(put('x'.repeat(50_000_000)), options())).toThrow(/PC1201/)
})

test('a write whose position nobody could tell is told as such', () => {
  const own = session()
  own.wrote(['Team'], undefined)
  expect(session(roundTrip(own.state())).needOf(['Team'])).toBe('unknown')
  expect(session(roundTrip(session().state())).needOf(['Team'])).toBeUndefined()
})
