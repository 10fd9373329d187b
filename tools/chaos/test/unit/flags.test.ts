import { FlagError, readFlags } from '../../src/cli/flags.js'

it('takes a harness, a seed and a bound', () => {
  expect(readFlags(['--only', 'write-behind', '--seed', '7', '--runs=3'])).toEqual({
    only: ['write-behind'],
    seed: 7,
    runs: 3,
    minutes: undefined,
    own: {},
  })
})

it('runs until the time is over where only that is given', () => {
  expect(readFlags(['--minutes', '2.5'])).toMatchObject({ minutes: 2.5, runs: undefined })
  expect(readFlags([])).toMatchObject({ minutes: undefined, runs: 20 })
})

it('hands on what only a harness knows', () => {
  expect(readFlags(['--lanes', '4']).own).toEqual({ lanes: '4' })
})

it.each([['--only', 'all'], ['--seed', 'x'], ['--runs', '0'], ['--minutes', '-1'], ['--runs'], ['runs']])(
  'refuses %s %s',
  (...args) => {
    expect(() => readFlags(args)).toThrow(FlagError)
  },
)
