import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildSources } from './build-sources.js'
import { createPrismaProject, type PrismaProject } from './prisma-project.js'

const parent = join(import.meta.dirname, '../.tmp')

export interface GeneratorHome {
  /** The package, built from its sources. */
  readonly dist: string
  /** Begin of a schema that runs this generator with options. */
  header(options?: string): string
  createProject(): PrismaProject
  remove(): void
}

/** A folder with the generator as `prisma generate` can call it, and room for projects that do. */
export function createGeneratorHome(): GeneratorHome {
  mkdirSync(parent, { recursive: true })
  const home = mkdtempSync(join(parent, 'generate-'))
  const dist = join(home, 'dist')
  buildSources(dist)
  const generator = join(home, 'generator.mjs')
  const main = pathToFileURL(join(dist, 'generator/main.js')).href
  writeFileSync(generator, `import { runGenerator } from '${main}'\nrunGenerator()\n`)
  return {
    dist,
    header: (options = '') => `generator cache {
  provider = "node ${generator}"${options && `\n  ${options}`}
}
datasource db {
  provider = "postgresql"
}
`,
    createProject: () => createPrismaProject(home),
    remove: () => rmSync(home, { recursive: true, force: true }),
  }
}
