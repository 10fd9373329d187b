import type { Link } from './link.js'

/** What this process has last seen of versions, by their keys, all under one epoch. It may have been replaced since. */
export interface KnownVersions {
  /** Versions that stood under `epoch` at some moment between the call's question to Redis and now. */
  saw(epoch: string, keys: readonly string[], versions: readonly string[]): void
  /** Under `epoch` no quarantine held: none will, before another epoch begins. */
  sawCalm(epoch: string): void
  /** Undefined where one of them is not known, or a quarantine may hold still. */
  all(keys: readonly string[]): { readonly epoch: string; readonly versions: readonly string[] } | undefined
}

/** As many as are remembered; the oldest are forgotten first. */
const MOST = 20_000

const byLink = new WeakMap<Link, KnownVersions>()

export function knownVersions(link: Link): KnownVersions {
  let known = byLink.get(link)
  if (!known) {
    known = createKnownVersions()
    byLink.set(link, known)
  }
  return known
}

function createKnownVersions(): KnownVersions {
  const versions = new Map<string, string>()
  let epoch = ''
  let calm = ''
  return {
    saw(under, keys, seen) {
      if (under !== epoch) {
        versions.clear()
        epoch = under
      }
      for (let i = 0; i < keys.length; i++) {
        const key = keys[i]!
        if (versions.get(key) === seen[i]) continue
        versions.set(key, seen[i]!)
        if (versions.size > MOST) versions.delete(versions.keys().next().value!)
      }
    },
    sawCalm(under) {
      calm = under
    },
    all(keys) {
      if (calm === '' || calm !== epoch) return undefined
      const found: string[] = []
      for (const key of keys) {
        const version = versions.get(key)
        if (version === undefined) return undefined
        found.push(version)
      }
      return { epoch, versions: found }
    },
  }
}
