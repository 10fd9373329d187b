import fs from 'node:fs'
import path from 'node:path'
import { reachableDataFolder } from '../../src/postgres/data-folder.js'
import { canReach } from '../../src/process/unprivileged-account.js'
import { cacheFolder } from '../../src/redis/cache-folder.js'
import { removeTemporary, temporary } from '../support/temporary.js'

afterAll(removeTemporary)

const stranger = { name: 'stranger', uid: 12_345, gid: 12_345 }

describe('what another account can reach', () => {
  it('ends at a folder that is closed to it', () => {
    const closed = path.join(temporary(), 'closed')
    fs.mkdirSync(closed, { mode: 0o700 })
    expect(canReach(stranger, path.join(closed, 'below', 'file'))).toBe(false)
    expect(canReach(stranger, closed)).toBe(true)
    expect(canReach(undefined, path.join(closed, 'file'))).toBe(true)
  })

  it('moves kept data to one place for one wanted place', () => {
    const closed = path.join(temporary(), 'closed')
    fs.mkdirSync(closed, { mode: 0o700 })
    const moved = reachableDataFolder(path.join(closed, 'data'), stranger)
    expect(moved).toMatch(/^\/var\/tmp\/prisma-cache-postgres-[0-9a-f]{12}$/)
    expect(reachableDataFolder(path.join(closed, 'data'), stranger)).toBe(moved)
    expect(reachableDataFolder(path.join(closed, 'data'), undefined)).toBe(path.join(closed, 'data'))
  })
})

describe('the cache folder', () => {
  it('is XDG_CACHE_HOME, then the home, then one of the user in the temporary folder', () => {
    const [xdg, home, shared] = [temporary(), temporary(), temporary()]
    const fallback = path.join(shared, `prisma-cache-servers-${process.getuid?.()}`)
    expect(cacheFolder({ XDG_CACHE_HOME: xdg, HOME: home }, shared)).toBe(path.join(xdg, 'prisma-cache/servers'))
    expect(cacheFolder({ HOME: home }, shared)).toBe(path.join(home, '.cache/prisma-cache/servers'))
    expect(cacheFolder({ HOME: '' }, shared)).toBe(fallback)
    expect(cacheFolder({ HOME: '/dev/null' }, shared)).toBe(fallback)
  })

  it('is not one that somebody else may have put there', () => {
    const shared = temporary()
    fs.symlinkSync(temporary(), path.join(shared, `prisma-cache-servers-${process.getuid?.()}`))
    expect(cacheFolder({}, shared)).toBeUndefined()
  })
})
