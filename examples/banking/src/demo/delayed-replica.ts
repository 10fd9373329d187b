import { type PostgresReplica, type PostgresServer, startReplica } from '@prisma-cache/servers'
import { UsageError } from '../config/usage-error.js'

/** The replica of `--replica-delay`, where one is wanted. Only a server of our own can be copied. */
export async function delayedReplica(
  primary: PostgresServer | undefined,
  delay: string | undefined,
): Promise<PostgresReplica | undefined> {
  if (delay === undefined) return undefined
  if (primary) return await startReplica(primary, { applyDelay: delay })
  throw new UsageError('--replica-delay copies a Postgres that the demo has started: unset DATABASE_URL')
}
