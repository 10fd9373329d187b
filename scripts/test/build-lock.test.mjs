import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { withLock } from '../lib/build-lock.mjs'

let lock

beforeEach(() => {
  lock = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'prisma-cache-lock-')), 'build.lock')
})
afterEach(() => fs.rmSync(path.dirname(lock), { recursive: true }))

it('is free again after a build, and after one that failed', async () => {
  expect(await withLock(lock, async () => 7)).toBe(7)
  await expect(withLock(lock, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(fs.readdirSync(path.dirname(lock))).toEqual([])
})

it('is taken over from a process that is gone', async () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  fs.writeFileSync(lock, String(pid))
  expect(await withLock(lock, async () => 7)).toBe(7)
})

it('is waited for while its owner lives', async () => {
  const order = []
  fs.writeFileSync(lock, String(process.ppid))
  const second = withLock(lock, async () => order.push('second'))
  order.push('first')
  fs.rmSync(lock)
  await second
  expect(order).toEqual(['first', 'second'])
})
