import { runNode } from './run.mjs'
import { commands } from './workspace.mjs'

const SOURCES = ['packages/*/{src,test}', 'examples/*/{src,test}', 'tools/*/{src,test}', 'benchmarks/src']

/** Form and likely mistakes (biome.json), then who may import whom (.dependency-cruiser.cjs). */
export async function lint() {
  await runNode('biome', [commands.biome, 'check', '.'])
  await runNode('dependency-cruiser', [commands.depcruise, '--config', '.dependency-cruiser.cjs', ...SOURCES])
}

/** Types of the tests too, which no build compiles. */
export async function typecheck() {
  await runNode('tsc', [commands.tsc, '-p', 'tsconfig.check.json'])
}
