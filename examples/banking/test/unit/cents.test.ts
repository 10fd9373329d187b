import { centsToDecimal, decimalToCents } from '../../src/bank/cents.js'

test.each([
  [0, '0.00'],
  [5, '0.05'],
  [-5, '-0.05'],
  [1234, '12.34'],
  [-123456, '-1234.56'],
  [10_000_000_000_001, '100000000000.01'],
])('%d cents are %s', (cents, text) => {
  expect(centsToDecimal(cents)).toBe(text)
  expect(decimalToCents(text)).toBe(cents)
})

test.each(['', '1.234', '1,5', 'NaN', '1e3', '--1', '.5'])('"%s" is no amount', (text) => {
  expect(() => decimalToCents(text)).toThrow(RangeError)
})

test('a whole number and one decimal place are amounts too', () => {
  expect(decimalToCents('12')).toBe(1200)
  expect(decimalToCents('12.5')).toBe(1250)
})
