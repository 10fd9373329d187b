import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cache } from './workspace.mjs'

const LOCK = path.join(cache, 'build.lock')
const POLL_MS = 50

/**
 * Runs `build` while no other process of this checkout builds: two compilers writing one `dist` would corrupt it.
 *
 * @template T
 * @param {() => Promise<T>} build
 * @returns {Promise<T>}
 */
export async function withBuildLock(build) {
  fs.mkdirSync(cache, { recursive: true })
  while (!take()) {
    dropIfStale()
    await sleep(POLL_MS)
  }
  try {
    return await build()
  } finally {
    fs.rmSync(LOCK, { force: true })
  }
}

/** A link appears with its content or not at all, so that nobody ever reads a lock without its owner's pid. */
function take() {
  const mine = `${LOCK}.${process.pid}`
  fs.writeFileSync(mine, String(process.pid))
  try {
    fs.linkSync(mine, LOCK)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    fs.rmSync(mine, { force: true })
  }
}

/** A build that was killed leaves its lock. Moved aside first: of several that find it, one removes it. */
function dropIfStale() {
  const owner = ownerOf(LOCK)
  if (owner === undefined || isAlive(owner)) return
  const aside = `${LOCK}.stale.${process.pid}`
  try {
    fs.renameSync(LOCK, aside)
  } catch {
    return // another process was first
  }
  // Somebody removed the stale one and took the lock since we looked: give it back.
  if (ownerOf(aside) !== owner) fs.linkSync(aside, LOCK)
  fs.rmSync(aside, { force: true })
}

function ownerOf(file) {
  try {
    return Number(fs.readFileSync(file, 'utf8'))
  } catch {
    return undefined // released in between
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
