import fs from 'node:fs'
import path from 'node:path'
import { commandsModule } from './lua-commands.mjs'
import { root } from './workspace.mjs'

const LUA = path.join(root, 'packages/prisma-cache/lua')
const TARGET = path.join(root, 'packages/prisma-cache/src/protocol/commands.generated.ts')

/** @returns {'missing' | 'unchanged' | 'stale'} */
function state(wanted) {
  if (!fs.existsSync(TARGET)) return 'missing'
  return fs.readFileSync(TARGET, 'utf8') === wanted ? 'unchanged' : 'stale'
}

/** Writes the module where it is not what it should be; an unchanged file keeps its time, so that tsc does nothing. */
export function embedLua() {
  if (!fs.existsSync(LUA)) return
  const wanted = commandsModule(LUA)
  if (state(wanted) === 'unchanged') return
  fs.mkdirSync(path.dirname(TARGET), { recursive: true })
  fs.writeFileSync(TARGET, wanted)
}

/** @returns {string | undefined} what is wrong with the committed module */
export function checkLua() {
  if (!fs.existsSync(LUA)) return undefined
  const found = state(commandsModule(LUA))
  if (found === 'unchanged') return undefined
  return `${path.relative(root, TARGET)} is ${found}: run \`node scripts/embed-lua.mjs\` and commit it`
}
