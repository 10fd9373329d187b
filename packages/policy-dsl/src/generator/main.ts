import { relative, sep } from 'node:path'
import { defaultOutput } from '../policy/setup/check-outputs.js'
import { serveGenerator } from './serve-generator.js'

/** Answers `prisma generate` over standard input and output until it closes them. */
export function runGenerator(): void {
  // Loaded while Prisma makes its client: what it asks first needs none of it.
  let loading: Promise<typeof import('./generate-policies.js')> | undefined
  const load = () => {
    loading ??= import('./generate-policies.js')
    return loading
  }
  serveGenerator({
    manifest() {
      setImmediate(() => load().catch(() => undefined))
      return { defaultOutput, prettyName: 'prisma-cache policies' }
    },
    async generate(options) {
      const { generatePolicies } = await load()
      const { warnings } = await generatePolicies(options, displayPath)
      if (warnings !== '') console.log(`\n${warnings}\n`)
    },
  })
}

/** As the user would type it, where that is shorter than the whole path. */
function displayPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near.split(sep).join('/')
}
