import { type SpawnOptions, spawn } from 'node:child_process'

export interface Finished {
  /** Null: ended by a signal, or never started. */
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end and gives what it said. A program that cannot start is `status: null`, not an exception. */
export function run(command: string, args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout?.on('data', (chunk) => (stdout += chunk))
    child.stderr?.on('data', (chunk) => (stderr += chunk))
    child.once('error', (error) => resolve({ status: null, stdout, stderr: stderr + error.message }))
    child.once('close', (status) => resolve({ status, stdout, stderr }))
  })
}
