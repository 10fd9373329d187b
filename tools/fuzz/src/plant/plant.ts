import { register } from 'node:module'
import { MessageChannel } from 'node:worker_threads'
import { plants } from './plants.js'

/** Must be called before anything of prisma-cache is loaded. @returns a check that every edit has taken place */
export function plantFault(name: string): () => Promise<void> {
  const plant = plants[name]
  if (!plant) throw new Error(`there is no fault ${name} to plant; there are ${Object.keys(plants).join(', ')}`)
  const { port1, port2 } = new MessageChannel()
  const planted = new Set<string>()
  port1.on('message', (file: string) => planted.add(file))
  port1.unref()
  register('./hooks.js', {
    parentURL: import.meta.url,
    data: { edits: plant.edits, port: port2 },
    transferList: [port2],
  })
  return async () => {
    await new Promise((resolve) => setImmediate(resolve))
    const missing = plant.edits.find(({ file }) => !planted.has(file))
    port1.close()
    if (missing) throw new Error(`${missing.file} was not loaded, so that nothing is planted`)
  }
}
