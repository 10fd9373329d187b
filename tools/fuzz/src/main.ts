#!/usr/bin/env node
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { plantFault } from './plant/plant.js'
import { plants } from './plant/plants.js'

/** A fault is planted before anything of the product is loaded. */
async function start(given: readonly string[]): Promise<number> {
  const argv = given[0] === '--' ? given.slice(1) : given
  const { values } = parseArgs({ args: [...argv], options: { plant: { type: 'string' } }, strict: false })
  const { plant } = values
  if (typeof plant !== 'string') return await (await import('./run.js')).main(argv)
  if (plant === 'all') return plantEach(argv)
  const checked = plantFault(plant)
  const { main } = await import('./run.js')
  await checked()
  return await main(argv)
}

/** One after another, each in a process of its own. */
function plantEach(argv: readonly string[]): number {
  const others = argv.filter((arg, i) => arg !== '--plant' && argv[i - 1] !== '--plant' && !arg.startsWith('--plant='))
  const missed = Object.keys(plants).filter((name) => {
    const args = [fileURLToPath(import.meta.url), '--plant', name, ...others]
    return spawnSync(process.execPath, args, { stdio: 'inherit' }).status !== 0
  })
  if (missed.length > 0) console.log(`not found: ${missed.join(', ')}`)
  return missed.length > 0 ? 1 : 0
}

try {
  process.exitCode = await start(process.argv.slice(2))
} catch (error) {
  console.error(error)
  process.exitCode = 1
}
