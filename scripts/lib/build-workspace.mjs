import { withBuildLock } from './build-lock.mjs'
import { embedLua } from './embedded-lua.mjs'
import { generateClients } from './generated-clients.mjs'
import { runNode } from './run.mjs'
import { commands } from './workspace.mjs'

/**
 * Everything that is compiled or generated, brought up to date; quick where nothing changed.
 *
 * @param {{ quiet: boolean }} options
 */
export function buildWorkspace({ quiet }) {
  const log = quiet ? () => {} : console.log
  return withBuildLock(async () => {
    // First the generator's own package, since it runs while the clients are generated that the rest is compiled with.
    await runNode('compiling the policy language', [commands.tsc, '-b', 'packages/policy-dsl'], { quiet })
    embedLua()
    await generateClients({ quiet, log })
    await runNode('compiling the workspace', [commands.tsc, '-b'], { quiet })
    log('built')
  })
}
