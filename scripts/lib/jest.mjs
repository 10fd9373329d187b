import fs from 'node:fs'
import path from 'node:path'
import { runNode, StepFailed } from './run.mjs'
import { cache, commands } from './workspace.mjs'

/**
 * Runs one project of jest.config.mjs and gives what it counted; fails when a test does, with the counts in `counts`.
 *
 * @param {'unit' | 'integration'} project
 * @param {readonly string[]} args jest's own, patterns among them
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ passed: number, failed: number }>}
 */
export async function runJest(project, args, env = {}) {
  const report = path.join(cache, `jest-${project}-${process.pid}.json`)
  fs.mkdirSync(cache, { recursive: true })
  // The packages are ES modules, which jest runs by means that Node still calls experimental.
  const node = ['--experimental-vm-modules', '--no-warnings', commands.jest]
  const select = ['--selectProjects', project, '--json', '--outputFile', report]
  // With a pattern, a project may have nothing that matches; without one, finding no test is a fault.
  const nothingIsFine = args.length > 0 ? ['--passWithNoTests'] : []
  let failure
  try {
    // With --json the report goes to stdout too: only stderr is for people.
    await runNode(`${project} tests`, [...node, ...select, ...nothingIsFine, ...args], { env, stdout: 'ignore' })
  } catch (error) {
    failure = error
  }
  const counts = takeCounts(report)
  if (!failure) return counts
  if (failure instanceof StepFailed) failure.counts = counts
  throw failure
}

function takeCounts(report) {
  if (!fs.existsSync(report)) return { passed: 0, failed: 0 }
  const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(fs.readFileSync(report, 'utf8'))
  fs.rmSync(report)
  // A file that does not even load holds an unknown number of tests: it counts as one that failed.
  return { passed: numPassedTests, failed: numFailedTests + numRuntimeErrorTestSuites }
}
