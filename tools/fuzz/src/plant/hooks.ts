import type { InitializeHook, LoadHook } from 'node:module'
import type { MessagePort } from 'node:worker_threads'
import type { Edit } from './plants.js'

/** Runs on the loader's thread: gives the files of a plant's edits another text. */
export interface Planting {
  readonly edits: readonly Edit[]
  /** Told the name of each file that was changed. */
  readonly port: MessagePort
}

let planting: Planting | undefined

export const initialize: InitializeHook<Planting> = (data) => {
  planting = data
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context)
  const edits = planting?.edits.filter(({ file }) => url.endsWith(`/prisma-cache/dist/${file}.js`)) ?? []
  if (edits.length === 0) return loaded
  let source = String(loaded.source)
  for (const { file, find, replace } of edits) {
    if (source.split(find).length !== 2) throw new Error(`${file} does not have, or not once: ${find}`)
    source = source.replace(find, () => replace)
    planting!.port.postMessage(file)
  }
  return { ...loaded, source }
}
