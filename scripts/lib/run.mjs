import { spawn } from 'node:child_process'
import { root } from './workspace.mjs'

/** A step that ended badly. What it had to say is printed already, so only the name of the step is left to report. */
export class StepFailed extends Error {
  /** @param {string} step @param {string} how */
  constructor(step, how) {
    super(`${step} failed (${how})`)
    this.name = 'StepFailed'
  }
}

/**
 * Runs a JavaScript file with this Node to its end; what it prints is shown as it comes, or with `quiet` only when it fails.
 *
 * @param {string} step
 * @param {readonly string[]} args the file, then its arguments; flags of Node go before the file
 * @param {{ env?: NodeJS.ProcessEnv, quiet?: boolean, stdout?: 'inherit' | 'ignore' }} [options]
 * @returns {Promise<void>}
 */
export function runNode(step, args, { env = {}, quiet = false, stdout = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', quiet ? 'pipe' : stdout, quiet ? 'pipe' : 'inherit'],
    })
    let output = ''
    child.stdout?.on('data', (chunk) => (output += chunk))
    child.stderr?.on('data', (chunk) => (output += chunk))
    child.once('error', (error) => reject(new StepFailed(step, error.message)))
    child.once('close', (status, signal) => {
      if (status === 0) return resolve()
      process.stderr.write(output)
      reject(new StepFailed(step, signal ?? `exit code ${status}`))
    })
  })
}

/**
 * The end of every script: a failed step is told in one line, a fault of the script itself with its stack.
 *
 * @param {unknown} error
 */
export function reportAndFail(error) {
  const expected = error instanceof StepFailed || (error instanceof Error && error.name === 'ServersError')
  console.error(expected ? `\n${error.message}` : error)
  process.exitCode = 1
}
