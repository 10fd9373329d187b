import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { transformSync } from '@swc/core'
import { listSources, sourceFolder } from './list-sources.js'

/** The package's sources as modules that a process of its own can run; a test of them never runs an older build. */
export function buildSources(folder: string): void {
  for (const name of listSources()) {
    const { code } = transformSync(readFileSync(join(sourceFolder, name), 'utf8'), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
      module: { type: 'es6' },
    })
    const path = join(folder, name.replace(/\.ts$/, '.js'))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, code)
  }
}
