import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import { fileURLToPath } from 'node:url'
import { waitUntil } from '../../src/process/wait-until.js'

const PARENT = fileURLToPath(new URL('../support/orphan-parent.mjs', import.meta.url))
const GONE_WITHIN_MS = 10_000

interface Started {
  readonly pid: number
  readonly dataDir: string
}

describe.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('a program that ends by %s', (signal) => {
  it('takes its servers and their files with it', async () => {
    const parent = spawn(process.execPath, [PARENT], { stdio: ['ignore', 'pipe', 'inherit'] })
    const servers = await whatStarted(parent)
    expect(servers.map(({ pid }) => isAlive(pid))).toEqual([true, true])
    parent.kill(signal)
    for (const { pid, dataDir } of servers) {
      expect(await waitUntil(() => !isAlive(pid) && !fs.existsSync(dataDir), GONE_WITHIN_MS)).toBe(true)
    }
  })
})

it('a server that is stopped by SIGSTOP goes too', async () => {
  const parent = spawn(process.execPath, [PARENT], { stdio: ['ignore', 'pipe', 'inherit'] })
  const servers = await whatStarted(parent)
  for (const { pid } of servers) process.kill(pid, 'SIGSTOP')
  parent.kill('SIGKILL')
  for (const { pid } of servers) expect(await waitUntil(() => !isAlive(pid), GONE_WITHIN_MS)).toBe(true)
})

function whatStarted(parent: ChildProcess): Promise<readonly Started[]> {
  return new Promise((resolve, reject) => {
    let text = ''
    parent.stdout?.on('data', (chunk) => {
      text += chunk
      if (text.endsWith('\n')) resolve(JSON.parse(text) as readonly Started[])
    })
    parent.once('exit', (status) => reject(new Error(`it ended with ${status} before it started anything`)))
  })
}

/** A zombie counts as gone: nobody may be there to collect it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  const stat = `/proc/${pid}/stat`
  return !fs.existsSync(stat) || !/^\d+ \(.*\) Z/.test(fs.readFileSync(stat, 'utf8'))
}
