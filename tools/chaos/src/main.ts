#!/usr/bin/env node
import { FlagError, type HarnessName, readFlags, USAGE } from './cli/flags.js'
import { runConsistency } from './consistency/main.js'
import type { Harness } from './harness.js'
import { runWriteBehind } from './write-behind/main.js'

const RUN: Readonly<Record<HarnessName, Harness>> = { 'write-behind': runWriteBehind, consistency: runConsistency }

async function main(argv: readonly string[]): Promise<number> {
  const { only, seed, minutes, runs, own } = readFlags(argv)
  const until = minutes === undefined ? undefined : Date.now() + (minutes * 60_000) / only.length
  console.log(`seed ${seed}`)
  for (const name of only) {
    if (!(await RUN[name]({ seed, until, runs, own, print: console.log }))) return 1
  }
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (error instanceof FlagError) {
    console.error(`${error.message}\n\n${USAGE}`)
    process.exitCode = 2
  } else {
    console.error(error)
    process.exitCode = 1
  }
}
