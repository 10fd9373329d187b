#!/usr/bin/env node
// node scripts/test-integration.mjs [pattern…]
import { buildWorkspace } from './lib/build-workspace.mjs'
import { runIntegrationTests } from './lib/integration.mjs'
import { reportAndFail } from './lib/run.mjs'
import { testArguments } from './lib/test-arguments.mjs'

async function main() {
  await buildWorkspace({ quiet: true })
  await runIntegrationTests(testArguments())
}

await main().catch(reportAndFail)
