import { execFile } from 'node:child_process'
import path from 'node:path'

const MAIN = path.join(import.meta.dirname, '../../dist/demo/main.js')

interface Ended {
  readonly code: number
  readonly out: string
  readonly errors: string
}

/** The demo as its user starts it, on the servers of the test run; it makes and drops databases of its own there. */
function demo(...flags: string[]): Promise<Ended> {
  const env = {
    ...process.env,
    DATABASE_URL: process.env.TEST_DATABASE_URL,
    REDIS_URL: process.env.TEST_REDIS_URL,
    NODE_OPTIONS: '',
  }
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...flags], { env, maxBuffer: 10_000_000 }, (error, out, errors) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, out, errors })
    })
  })
}

const CHECKS = [
  'Every call answered',
  'Total money',
  'Session writes',
  'Audit records',
  'Hot counter',
  'Stale reads',
  'Equal at rest',
  'Read your own writes',
]

test('every check of the demo holds, also when the flush worker is killed', async () => {
  const { code, out, errors } = await demo('--seconds', '2', '--customers', '500', '--clients', '4', '--kill-worker')

  const lines = out.split('\n')
  const verdicts = (name: string) =>
    lines.filter((line) => line.includes(`  ${name}  `)).map((line) => line.slice(0, 6))
  const held = { Errors: code === 0 ? '' : errors, ...Object.fromEntries(CHECKS.map((name) => [name, verdicts(name)])) }
  expect(held).toEqual({
    Errors: '',
    ...Object.fromEntries(CHECKS.map((name) => [name, ['  ok  ', '  ok  ']])),
  })
  expect(verdicts('Worker killed')).toEqual(['  ok  '])
  for (const model of ['Account', 'AuditLog', 'Customer', 'PageCounter', 'Session', 'Transfer']) {
    expect(lines.some((line) => line.startsWith(`│ ${model} `))).toBe(true)
  }
  expect(code).toBe(0)
}, 120_000)

test.each([[['--frobnicate']], [['--seconds', '0']], [['--clients', 'many']], [['--replica-delay', '2s']]])(
  'bad input is an error with exit 2: %j',
  async (flags) => {
    const { code, errors } = await demo(...flags)
    expect(code).toBe(2)
    expect(errors).toMatch(/^.*(frobnicate|--seconds|--clients|unset DATABASE_URL).*\n\nUsage: pnpm demo/)
  },
)
