#!/usr/bin/env node
// Generates the Prisma clients and cache policies that are out of date; the generator itself must have been built.
import { withBuildLock } from './lib/build-lock.mjs'
import { generateClients } from './lib/generated-clients.mjs'
import { reportAndFail } from './lib/run.mjs'

await withBuildLock(() => generateClients({ quiet: false, log: console.log })).catch(reportAndFail)
