import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { StepFailed } from './run.mjs'
import { root } from './workspace.mjs'

/** Each committed file that a script writes, and the folder it is made of. */
const COMMITTED = [
  { file: 'packages/prisma-cache/src/protocol/commands.generated.ts', from: 'packages/prisma-cache/lua' },
]

/**
 * Fails where a committed file is not what its sources make. A build has just written it anew, so what is left is to
 * ask git whether that changed it while the sources are as committed.
 */
export function checkGenerated() {
  if (!fs.existsSync(path.join(root, '.git'))) return // an unpacked archive has nothing to compare with
  const stale = COMMITTED.filter(({ file, from }) => changed(file) && !changed(from)).map(({ file }) => file)
  if (stale.length > 0) throw new StepFailed('generated files', `${stale.join(', ')} was stale: commit it as it is now`)
}

function changed(place) {
  const { status, stdout, error } = spawnSync('git', ['status', '--porcelain', '--', place], {
    cwd: root,
    encoding: 'utf8',
  })
  return !error && status === 0 && stdout !== ''
}
