import { parsePostmasterPid } from '../../src/postgres/postmaster-pid.js'
import { accountFrom } from '../../src/process/unprivileged-account.js'
import { parseVersion } from '../../src/redis/redis-binary.js'

describe('postmaster.pid', () => {
  it('gives pid, port and state', () => {
    const text = '4711\n/data\n1700000000\n5433\n\n127.0.0.1\n  1 2\nready   \n'
    expect(parsePostmasterPid(text)).toEqual({ pid: 4711, port: 5433, status: 'ready' })
  })

  it('is not ready while the file is half written', () => {
    expect(parsePostmasterPid('4711\n/data\n')).toMatchObject({ pid: 4711, status: '' })
  })

  it('is nothing while the file is empty', () => {
    expect(parsePostmasterPid('')).toBeUndefined()
  })
})

describe('the version line of a Redis server', () => {
  it.each([
    ['Valkey server v=8.0.1 sha=00000000:0 malloc=jemalloc', 'valkey', '8.0.1', true],
    ['Redis server v=7.2.4 sha=00000000:0 malloc=jemalloc', 'redis', '7.2.4', true],
    ['Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc', 'redis', '7.0.15', false],
  ])('%s', (line, kind, version, waitaof) => {
    expect(parseVersion(line)).toEqual({ kind, version, waitaof })
  })

  it('is not recognised in what another program says', () => {
    expect(parseVersion('postgres (PostgreSQL) 18.4')).toBeUndefined()
  })
})

describe('the account Postgres runs as', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n'

  it('is nobody where there is no postgres', () => {
    expect(accountFrom(passwd)).toEqual({ name: 'nobody', uid: 65534, gid: 65534 })
  })

  it('is postgres where there is one', () => {
    expect(accountFrom(`${passwd}postgres:x:105:110::/:/bin/sh\n`)).toEqual({ name: 'postgres', uid: 105, gid: 110 })
  })

  it('is nothing in a container that knows only root', () => {
    expect(accountFrom('root:x:0:0::/root:/bin/sh\n')).toBeUndefined()
  })
})
