#!/usr/bin/env node
import { lint } from './lib/lint.mjs'
import { reportAndFail } from './lib/run.mjs'

await lint().catch(reportAndFail)
