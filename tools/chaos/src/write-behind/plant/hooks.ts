import type { LoadHook } from 'node:module'
import { PLANTS } from './plants.js'

/** Module hooks of a child with a planted fault, named by the environment. */
export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context)
  const plant = PLANTS[process.env.CHAOS_PLANT ?? '']
  if (!plant || !url.endsWith(`/prisma-cache/dist/${plant.file}`)) return loaded
  const source = String(loaded.source)
  if (!source.includes(plant.from)) throw new Error(`${plant.file} has no ${JSON.stringify(plant.from)}: plant it anew`)
  return { ...loaded, source: source.replace(plant.from, () => plant.to) }
}
