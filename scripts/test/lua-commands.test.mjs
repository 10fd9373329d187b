import crypto from 'node:crypto'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { commandsModule } from '../lib/lua-commands.mjs'
import { stripLua } from '../lib/strip-lua.mjs'

describe('Lua without its comments', () => {
  it('loses comments, blank lines and trailing blanks, and keeps what stands in strings', () => {
    const source = [
      '-- header',
      '--[[ a long',
      'one ]]',
      "local a = '-- text' -- comment  ",
      '',
      'local b = "it\'s \\" -- text"',
      'local c = [[ -- text ]] --[==[ x ]] ]==]',
      '  return a',
    ].join('\n')
    expect(stripLua(source)).toBe(
      'local a = \'-- text\'\nlocal b = "it\'s \\" -- text"\nlocal c = [[ -- text ]]\n  return a\n',
    )
  })
})

describe('the module of commands', () => {
  let folder

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'prisma-cache-lua-'))
    fs.mkdirSync(path.join(folder, 'include'))
  })
  afterEach(() => fs.rmSync(folder, { recursive: true }))

  const write = (name, text) => fs.writeFileSync(path.join(folder, name), text)

  async function load() {
    const source = commandsModule(folder).replaceAll('as const', '')
    return import(`data:text/javascript,${encodeURIComponent(source)}`)
  }

  it('holds name, number of keys, text and hash of each file', async () => {
    write('put-row-3.lua', `-- why\nreturn '\\n\${KEYS[1]}\`'\n`)
    write('touch-N.lua', 'return 1')
    const { putRow, touch } = await load()
    const lua = `return '\\n\${KEYS[1]}\`'\n`
    expect(putRow).toEqual({
      name: 'put-row',
      numberOfKeys: 3,
      lua,
      sha1: crypto.createHash('sha1').update(lua).digest('hex'),
    })
    expect(touch).toMatchObject({ name: 'touch', numberOfKeys: 'N', lua: 'return 1\n' })
  })

  it('puts an include in once, where it is first asked for', async () => {
    write('include/clock.lua', 'local clock = 1')
    write('include/lease.lua', '-- @include clock\nlocal lease = clock')
    write('fence-1.lua', '-- @include clock\n-- @include lease\nreturn lease')
    expect((await load()).fence.lua).toBe('local clock = 1\nlocal lease = clock\nreturn lease\n')
  })

  it('refuses a name without keys, and an include that does not exist', () => {
    write('touch.lua', '')
    expect(() => commandsModule(folder)).toThrow('<name>-<number of keys or N>.lua')
    fs.rmSync(path.join(folder, 'touch.lua'))
    write('touch-1.lua', '-- @include clock')
    expect(() => commandsModule(folder)).toThrow('touch-1.lua includes include/clock.lua, which does not exist')
  })
})
