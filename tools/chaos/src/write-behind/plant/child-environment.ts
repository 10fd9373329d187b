import { fileURLToPath, pathToFileURL } from 'node:url'

/** From the sources as from dist: a child runs what is built. */
const HOOKS = fileURLToPath(new URL('../../../dist/write-behind/plant/register.js', import.meta.url))

/** How children are started that run the package as it is, or with a planted fault. */
export function childEnvironment(plant: string | undefined): [env: NodeJS.ProcessEnv, execArgv: readonly string[]] {
  if (plant === undefined) return [process.env, []]
  return [{ ...process.env, CHAOS_PLANT: plant }, ['--import', pathToFileURL(HOOKS).href]]
}
