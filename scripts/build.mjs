#!/usr/bin/env node
// The one way to a built workspace, from nothing or from any state: used by postinstall, build, demo, test and bench.
//
//   node scripts/build.mjs [--quiet]     --quiet: prints only what fails
import { buildWorkspace } from './lib/build-workspace.mjs'
import { reportAndFail } from './lib/run.mjs'

await buildWorkspace({ quiet: process.argv.includes('--quiet') }).catch(reportAndFail)
