import { isRefusal, pgErrorOf } from '../../src/queue/apply/pg-error.js'

const said = (sqlState: string, message = 'm') => ({ sqlState, message })

describe('what Postgres said', () => {
  it('is found in an error of a statement, of COMMIT, and of neither', () => {
    const cause = { originalCode: '23505', originalMessage: 'duplicate key', detail: 'Key (id)' }
    expect(pgErrorOf({ code: 'P2010', meta: { driverAdapterError: { cause } } })).toEqual({
      ...said('23505', 'duplicate key (Key (id))'),
      brief: 'duplicate key',
    })
    expect(pgErrorOf({ cause })).toMatchObject({ sqlState: '23505' })
    expect(pgErrorOf({ meta: { driverAdapterError: { cause: { kind: 'DatabaseNotReachable' } } } })).toBeUndefined()
    expect(pgErrorOf(new Error('Client has encountered a connection error'))).toBeUndefined()
    expect(pgErrorOf(undefined)).toBeUndefined()
  })
})

describe('a refusal', () => {
  it.each(['22003', '22P02', '23505', '23503', '23514', '23P01', '44000', 'P0001', '54000', '428C9'])(
    '%s is one',
    (state) => {
      expect(isRefusal(said(state))).toBe(true)
    },
  )
  it.each(['40001', '40P01', '53300', '55P03', '57014', '57P01', '58030', '42P01', '42703', '25006', '08006', 'XX000'])(
    '%s is none: the batch is tried again',
    (state) => {
      expect(isRefusal(said(state))).toBe(false)
    },
  )
  it('of row-level security is one, of a missing privilege none', () => {
    expect(isRefusal(said('42501', 'new row violates row-level security policy for table "t"'))).toBe(true)
    expect(isRefusal(said('42501', 'permission denied for table t'))).toBe(false)
  })
})
