import { parseFlags } from '../../src/config/flags.js'
import { UsageError } from '../../src/config/usage-error.js'

describe('the flags of the demo', () => {
  test('have defaults', () => {
    expect(parseFlags([])).toEqual({
      seconds: 8,
      clients: 8,
      seed: 1,
      customers: 10_000,
      think: 0,
      serve: false,
      killWorker: false,
      replicaDelay: undefined,
      help: false,
    })
  })

  test('are taken as given, behind the separator of a package manager too', () => {
    const flags = parseFlags(['--', '--seconds', '2.5', '--clients=3', '--seed', '7', '--kill-worker', '--serve'])
    expect(flags).toMatchObject({ seconds: 2.5, clients: 3, seed: 7, killWorker: true, serve: true })
  })

  test.each([
    [['--frobnicate'], /frobnicate/],
    [['ten'], /ten/],
    [['--seconds'], /seconds/],
    [['--seconds', '0'], '--seconds takes 0.5 to 600, got 0'],
    [['--seconds=-1'], '--seconds takes a number, got "-1"'],
    [['--seconds', 'two'], '--seconds takes a number, got "two"'],
    [['--seconds', ''], '--seconds takes a number, got ""'],
    [['--clients', '1.5'], '--clients takes a whole number, got "1.5"'],
    [['--clients', '1e3'], '--clients takes a whole number, got "1e3"'],
    [['--clients', '0'], '--clients takes 1 to 256, got 0'],
    [['--seed', '4294967296'], '--seed takes 0 to 4294967295, got 4294967296'],
    [['--replica-delay', 'soon'], '--replica-delay takes a time such as 2s or 250ms, got "soon"'],
    [['--customers', '9'], '--customers takes 10 to 1000000, got 9'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseFlags(argv)).toThrow(UsageError)
    expect(() => parseFlags(argv)).toThrow(message)
  })
})
