import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { cache } from './workspace.mjs'

const POLL_MS = 50

/**
 * Runs `build` while no other process of this checkout builds: two compilers writing one `dist` would corrupt it.
 *
 * @template T
 * @param {() => Promise<T>} build
 * @returns {Promise<T>}
 */
export function withBuildLock(build) {
  fs.mkdirSync(cache, { recursive: true })
  return withLock(path.join(cache, 'build.lock'), build)
}

/**
 * @template T
 * @param {string} lock the file that stands for the lock, and holds its owner's pid
 * @param {() => Promise<T>} body
 * @returns {Promise<T>}
 */
export async function withLock(lock, body) {
  while (!take(lock)) {
    dropIfStale(lock)
    await sleep(POLL_MS)
  }
  try {
    return await body()
  } finally {
    fs.rmSync(lock, { force: true })
  }
}

/** A link appears with its content or not at all, so that nobody ever reads a lock without its owner's pid. */
function take(lock) {
  const mine = `${lock}.${process.pid}`
  fs.writeFileSync(mine, String(process.pid))
  try {
    fs.linkSync(mine, lock)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  } finally {
    fs.rmSync(mine, { force: true })
  }
}

/** A build that was killed leaves its lock. Moved aside first: of several that find it, one removes it. */
function dropIfStale(lock) {
  const owner = ownerOf(lock)
  if (owner === undefined || isAlive(owner)) return
  const aside = `${lock}.stale.${process.pid}`
  try {
    fs.renameSync(lock, aside)
  } catch {
    return // another process was first
  }
  // Somebody removed the stale one and took the lock since we looked: give it back.
  if (ownerOf(aside) !== owner) fs.linkSync(aside, lock)
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
