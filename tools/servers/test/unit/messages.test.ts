import { maskPassword } from '../../src/mask-password.js'
import { connectFailure } from '../../src/postgres/connect-failure.js'
import { reasonOf, ServersError } from '../../src/servers-error.js'

describe('an error of this package', () => {
  it('says its code, the reason and the next step, and keeps the cause', () => {
    const cause = new Error('no')
    const error = new ServersError({ code: 'PC5003', reason: 'Nothing was found', nextStep: 'install one', cause })
    expect(error.message).toBe('PC5003: Nothing was found.\nNext step: install one.')
    expect(error).toMatchObject({ code: 'PC5003', cause })
  })

  it('names every address that refused', () => {
    const refused = new AggregateError([
      new Error('connect ECONNREFUSED ::1:1'),
      new Error('connect ECONNREFUSED 127.0.0.1:1'),
    ])
    expect(reasonOf(refused)).toBe('connect ECONNREFUSED ::1:1; connect ECONNREFUSED 127.0.0.1:1')
  })
})

describe('a failed connection', () => {
  const url = 'postgresql://me:secret@db:5432/bank'

  it('masks the password', () => {
    expect(maskPassword(url)).toBe('postgresql://me:***@db:5432/bank')
    expect(maskPassword('postgresql://db/bank?password=secret')).not.toContain('secret')
    expect(maskPassword('my secret')).not.toContain('secret')
    expect(connectFailure(url, new Error('x'), 'DATABASE_URL').message).not.toContain('secret')
  })

  it.each([
    ['3D000', 'create the database'],
    ['28P01', 'correct the user and password'],
    ['ECONNREFUSED', 'start that server'],
    ['XX000', 'check that a Postgres server listens'],
  ])('%s says what to do: %s', (code, step) => {
    expect(connectFailure(url, Object.assign(new Error('x'), { code }), 'DATABASE_URL').nextStep).toContain(step)
  })
})
