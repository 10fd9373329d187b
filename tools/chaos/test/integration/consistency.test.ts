import { execFile } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { GUARDS } from '../../src/consistency/guards/guards.js'
import { applyPatch } from '../../src/consistency/guards/hook.js'

/** Three processes start, and a machine that is loaded takes its time for that. */
const TIMEOUT_MS = 240_000

const root = path.resolve(import.meta.dirname, '../../../..')

/** A short slice of `pnpm chaos --only consistency`, which runs as long as it is told to. */
function chaos(flags: string[], databaseUrl = process.env.TEST_DATABASE_URL!) {
  const args = [path.join(root, 'tools/chaos/dist/main.js'), '--only', 'consistency', ...flags]
  const env = { ...process.env, DATABASE_URL: databaseUrl }
  return new Promise<{ readonly code: number; readonly output: string }>((resolve) => {
    execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr })
    })
  })
}

test(
  'a few seconds of every class under faults, and nothing that was promised is broken',
  async () => {
    const { code, output } = await chaos(['--seed', '11', '--runs', '1', '--seconds', '5', '--actors', '8'])
    expect({ code, output }).toMatchObject({ code: 0 })
    const [, operations] = /^seed 11: (\d+) operations/m.exec(output)!
    expect(Number(operations)).toBeGreaterThan(50)
  },
  TIMEOUT_MS,
)

test(
  'without the fence it finds what goes wrong',
  async () => {
    const { code, output } = await chaos(['--without', 'fence', '--seed', '1', '--seconds', '60', '--actors', '8'])
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringContaining('linearizable of Strong') })
  },
  TIMEOUT_MS,
)

test(
  'without positions it finds what goes wrong by a standby that lags',
  async () => {
    // With a Postgres of its own: no other can be copied.
    const { code, output } = await chaos(
      ['--without', 'position', '--seed', '5', '--seconds', '60', '--actors', '8'],
      '',
    )
    expect({ code, output }).toMatchObject({ code: 0, output: expect.stringMatching(/found after .* of Session/s) })
  },
  TIMEOUT_MS,
)

test.each(GUARDS)('$name can be taken out of what was built', ({ patches }) => {
  const texts = new Map<string, string>()
  for (const patch of patches) {
    const file = path.join(root, 'packages/prisma-cache/dist', patch.file)
    const before = texts.get(file) ?? fs.readFileSync(file, 'utf8')
    const after = applyPatch(before, patch)
    expect(after).not.toBe(before)
    texts.set(file, after)
  }
})
