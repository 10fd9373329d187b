import type { LoadHook } from 'node:module'
import type { Patch } from './guards.js'

let patches: readonly Patch[] = []

/** Runs in the thread that loads modules: what is loaded from prisma-cache is changed on its way. */
export function initialize(data: readonly Patch[]): void {
  patches = data
}

export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context)
  const own = patches.filter(({ file }) => url.endsWith(`/prisma-cache/dist/${file}`))
  if (own.length === 0) return loaded
  return { ...loaded, source: own.reduce((text, patch) => applyPatch(text, patch), String(loaded.source)) }
}

/** @throws Error where the text does not stand there once: the product has changed, and the patch with it must */
export function applyPatch(text: string, { file, find, replace }: Patch): string {
  const parts = text.split(find)
  if (parts.length !== 2) throw new Error(`${file} holds ${JSON.stringify(find)} ${parts.length - 1} times`)
  return parts.join(replace)
}
