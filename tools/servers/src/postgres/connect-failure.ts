import { maskPassword } from '../mask-password.js'
import { reasonOf, ServersError } from '../servers-error.js'

/** Why no connection came about, and what to do, by the code of the network layer or of Postgres. */
const NEXT_STEPS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start that server, or correct the host and port in the URL',
  ENOTFOUND: 'correct the host in the URL',
  EAI_AGAIN: 'correct the host in the URL, or mend name resolution',
  ETIMEDOUT: 'check that the host can be reached from here (firewall, VPN)',
  '28P01': 'correct the user and password in the URL',
  '28000': 'correct the user in the URL, or allow it in pg_hba.conf',
  '3D000': 'create the database, or correct its name in the URL',
  '53300': 'close connections of others, or raise max_connections',
  '57P03': 'wait until the server has started, and try again',
}

export function connectFailure(url: string, error: unknown, variable?: string): ServersError {
  const code = codeOf(error)
  const unset = variable ? `, or unset ${variable} to use a server of our own` : ''
  return new ServersError({
    code: 'PC5002',
    reason: `No connection to ${variable ? `${variable}, ` : ''}${maskPassword(url)}: ${reasonOf(error)}`,
    nextStep: `${NEXT_STEPS[code] ?? 'check that a Postgres server listens at that address'}${unset}`,
    cause: error,
  })
}

function codeOf(error: unknown): string {
  const first = error instanceof AggregateError ? error.errors[0] : error
  return (first as { code?: string } | undefined)?.code ?? ''
}
