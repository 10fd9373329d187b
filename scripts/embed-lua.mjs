#!/usr/bin/env node
// Turns packages/prisma-cache/lua/*.lua into one committed TypeScript module, so that the package reads no file at run
// time. `--check` writes nothing and fails when the committed module is not what the Lua files make.
import { checkLua, embedLua } from './lib/embedded-lua.mjs'

if (process.argv.includes('--check')) {
  const problem = checkLua()
  if (problem) {
    console.error(problem)
    process.exitCode = 1
  }
} else embedLua()
