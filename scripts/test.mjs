#!/usr/bin/env node
// Everything that must hold before a change is merged, in the order in which it fails fastest.
//
//   node scripts/test.mjs [pattern…]     with a pattern: only the tests whose file matches it
import { buildWorkspace } from './lib/build-workspace.mjs'
import { checkErrorCodes } from './lib/check-error-codes.mjs'
import { checkGenerated } from './lib/check-generated.mjs'
import { checkPackages } from './lib/check-packages.mjs'
import { runIntegrationTests } from './lib/integration.mjs'
import { runJest } from './lib/jest.mjs'
import { lint, typecheck } from './lib/lint.mjs'
import { reportAndFail } from './lib/run.mjs'
import { testArguments } from './lib/test-arguments.mjs'

const patterns = testArguments()

const TESTS = [
  { name: 'Unit tests', run: () => runJest('unit', patterns) },
  { name: 'Integration tests', run: () => runIntegrationTests(patterns) },
]

const ALL = [
  { name: 'Build', run: () => buildWorkspace({ quiet: false }) },
  { name: 'Lint', run: lint },
  { name: 'Types', run: typecheck },
  ...TESTS,
  { name: 'Generated files', run: checkGenerated },
  { name: 'Error reference', run: checkErrorCodes },
  { name: 'Packages', run: checkPackages },
]

/** @param {typeof ALL} steps */
async function runSteps(steps) {
  const total = { passed: 0, failed: 0 }
  const add = (counts) => {
    total.passed += counts?.passed ?? 0
    total.failed += counts?.failed ?? 0
  }
  try {
    for (const { name, run } of steps) {
      console.log(`\n=== ${name}`)
      const start = performance.now()
      try {
        add(await run())
      } catch (error) {
        add(error.counts)
        console.error(`\n=== ${name} FAILED after ${seconds(start)}`)
        throw error
      }
      console.log(`=== ${name}: ${seconds(start)}`)
    }
  } finally {
    // Alone on its line and last: this is what continuous integration reads.
    process.once('exit', () => console.log(`\n${total.passed} passed, ${total.failed} failed`))
  }
  if (total.passed === 0) throw new Error(`No test matches ${patterns.join(' ')}`)
}

function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`
}

await runSteps(patterns.length > 0 ? [ALL[0], ...TESTS] : ALL).catch(reportAndFail)
