import { relative, sep } from 'node:path'
import type { GeneratorOptions } from '@prisma/generator-helper'
// A CommonJS package whose names Node cannot list: only the default import has them.
import generatorHelper from '@prisma/generator-helper'
import { generatePolicies } from './generate-policies.js'

/** Answers `prisma generate` over standard input and output until it closes them. */
export function runGenerator(): void {
  generatorHelper.generatorHandler({
    onManifest: () => ({ defaultOutput: '../generated/cache', prettyName: 'prisma-cache policies' }),
    async onGenerate(options: GeneratorOptions) {
      const { warnings } = await generatePolicies(options, displayPath)
      // Standard output is the user's terminal; standard error carries the protocol.
      if (warnings !== '') console.log(`\n${warnings}\n`)
    },
  })
}

/** As the user would type it, where that is shorter than the whole path. */
function displayPath(path: string): string {
  const near = relative(process.cwd(), path)
  return near.startsWith('..') ? path : near.split(sep).join('/')
}
