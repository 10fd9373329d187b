import { FOREIGN_KEY, isRefusal, pgErrorOf, UNIQUE } from './pg-error.js'
import type { Refused } from './write-rows.js'

/** What Prisma calls data that the database does not take, and will not take next time. */
const REFUSALS = new Set(
  'P2000 P2002 P2003 P2004 P2005 P2006 P2007 P2011 P2012 P2013 P2014 P2019 P2020 P2025 P2033'.split(' '),
)
const SQL_STATES: Readonly<Record<string, string>> = { P2002: UNIQUE, P2003: FOREIGN_KEY }
const MISSING = 'the row does not exist'

/** Why a call of Prisma was refused; undefined for everything that may be otherwise next time. */
export function refusalOf(error: unknown): Omit<Refused, 'row'> | undefined {
  const said = pgErrorOf(error)
  if (said) return isRefusal(said) ? { error: said.message, brief: said.brief, sqlState: said.sqlState } : undefined
  const { code, name, message = '' } = error as { code?: unknown; name?: string; message?: string }
  if (code === 'P2025') return { error: MISSING, brief: MISSING }
  const last = message.trim().split('\n').at(-1) ?? ''
  if (name === 'PrismaClientValidationError') return { error: last, brief: 'Prisma refused the value of a field' }
  if (typeof code !== 'string' || !REFUSALS.has(code)) return undefined
  const sqlState = SQL_STATES[code]
  return { error: last, brief: code, ...(sqlState === undefined ? {} : { sqlState }) }
}
