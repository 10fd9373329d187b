import fs from 'node:fs'

const MEMORY = '/dev/shm'
const ROOM = 1024 ** 3

/**
 * Runs `start` with a temporary folder in memory, where the system has one with room enough. Both servers force every
 * commit and every accepted write to their files; on one small disk they would mostly wait for each other's turn, and
 * the table would compare that.
 *
 * @returns what `start` gave, and where the servers it started keep their files
 */
export async function inMemory<T>(start: () => Promise<T>): Promise<{ readonly started: T; readonly where: string }> {
  if (!hasRoom()) return { started: await start(), where: 'on disk' }
  const { TMPDIR } = process.env
  process.env.TMPDIR = MEMORY
  try {
    return { started: await start(), where: `in memory (${MEMORY})` }
  } finally {
    if (TMPDIR === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = TMPDIR
  }
}

function hasRoom(): boolean {
  try {
    fs.accessSync(MEMORY, fs.constants.R_OK | fs.constants.W_OK | fs.constants.X_OK)
    const { bavail, bsize } = fs.statfsSync(MEMORY)
    return bavail * bsize >= ROOM
  } catch {
    return false
  }
}
