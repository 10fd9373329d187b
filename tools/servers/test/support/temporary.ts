import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'

const made: string[] = []

/** A folder of this test file, removed by `removeTemporary` after it. */
export function temporary(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prisma-cache-test-'))
  // Postgres runs as another account when we are root.
  fs.chmodSync(folder, 0o755)
  made.push(folder)
  return folder
}

export function removeTemporary(): void {
  for (const folder of made.splice(0)) fs.rmSync(folder, { recursive: true, force: true })
}
