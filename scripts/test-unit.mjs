#!/usr/bin/env node
// node scripts/test-unit.mjs [pattern…]     From source: nothing is built first.
import { runJest } from './lib/jest.mjs'
import { reportAndFail } from './lib/run.mjs'
import { testArguments } from './lib/test-arguments.mjs'

await runJest('unit', testArguments()).catch(reportAndFail)
