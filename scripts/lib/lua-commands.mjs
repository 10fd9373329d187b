import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { stripLua } from './strip-lua.mjs'

const FILE_NAME = /^([a-z0-9-]+)-(\d+|N)\.lua$/
const INCLUDE = /^-- @include ([a-z0-9-]+)[ \t]*$/gm

/**
 * The module that carries every command of a folder: one constant a file, in the order of their names.
 *
 * @param {string} folder
 */
export function commandsModule(folder) {
  const names = fs.readdirSync(folder).filter((name) => name.endsWith('.lua'))
  const commands = names.sort().map((name) => readCommand(folder, name))
  return `// Written by scripts/embed-lua.mjs from lua/*.lua: change those, then run \`node scripts/embed-lua.mjs\`.\n\n${commands
    .map(constant)
    .join('\n')}`
}

function readCommand(folder, fileName) {
  const [, name, keys] = FILE_NAME.exec(fileName) ?? []
  if (!name)
    throw new Error(`${path.join(folder, fileName)}: a command's file is called <name>-<number of keys or N>.lua`)
  const lua = stripLua(resolveIncludes(folder, fileName))
  const sha1 = crypto.createHash('sha1').update(lua).digest('hex')
  return { name, numberOfKeys: keys === 'N' ? 'N' : Number(keys), lua, sha1 }
}

/** `-- @include x` on a line of its own stands for `include/x.lua`, once a command however often it is asked for. */
function resolveIncludes(folder, fileName, seen = new Set()) {
  return fs.readFileSync(path.join(folder, fileName), 'utf8').replace(INCLUDE, (_, name) => {
    if (seen.has(name)) return ''
    seen.add(name)
    const included = path.join('include', `${name}.lua`)
    if (!fs.existsSync(path.join(folder, included)))
      throw new Error(`${fileName} includes ${included}, which does not exist`)
    return resolveIncludes(folder, included, seen)
  })
}

function constant({ name, numberOfKeys, lua, sha1 }) {
  const camelName = name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase())
  const keys = numberOfKeys === 'N' ? "'N'" : numberOfKeys
  const text = lua.replace(/[\\`]|\$\{/g, '\\$&')
  return `export const ${camelName} = {\n  name: '${name}',\n  numberOfKeys: ${keys},\n  lua: \`${text}\`,\n  sha1: '${sha1}',\n} as const\n`
}
