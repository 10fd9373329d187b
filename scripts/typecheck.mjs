#!/usr/bin/env node
import { buildWorkspace } from './lib/build-workspace.mjs'
import { typecheck } from './lib/lint.mjs'
import { reportAndFail } from './lib/run.mjs'

async function main() {
  await buildWorkspace({ quiet: true })
  await typecheck()
}

await main().catch(reportAndFail)
