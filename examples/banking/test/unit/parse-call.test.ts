import { BadCall, parseCall } from '../../src/api/parse-call.js'

test('a call comes from its path and its body', () => {
  expect(parseCall('send-payment', '7', { to: 8, amount: '12.50' })).toEqual({
    kind: 'send-payment',
    customerId: 7,
    to: 8,
    amount: 1250,
  })
  expect(parseCall('transact-savings', '7', { amount: '-3' })).toMatchObject({ amount: -300 })
  expect(parseCall('balance', '7', {})).toEqual({ kind: 'balance', customerId: 7 })
})

test.each([
  ['rob', '7', {}],
  ['balance', 'seven', {}],
  ['balance', '0', {}],
  ['deposit-checking', '7', {}],
  ['deposit-checking', '7', { amount: 12 }],
  ['deposit-checking', '7', { amount: '-1' }],
  ['deposit-checking', '7', { amount: '1.234' }],
  ['send-payment', '7', { to: 7, amount: '1' }],
  ['amalgamate', '7', {}],
  ['move-house', '7', { city: '' }],
])('%s of %s with %j is refused', (kind, id, body) => {
  expect(() => parseCall(kind, id, body)).toThrow(BadCall)
})
