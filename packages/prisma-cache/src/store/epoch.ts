import type { Cluster, Redis } from 'ioredis'
import * as commands from '../protocol/commands.generated.js'
import type { Keys } from '../protocol/keys.js'
import { runCommand } from '../protocol/run-command.js'
import { createNonce } from '../protocol/version.js'
import { serverIdentity } from './server-identity.js'

/**
 * Compares the epoch with the server that answers now, and begins a new one where it is missing or names another: the
 * server may have come back empty, or one that missed the last writes took over.
 *
 * @param quarantineMs as long as the longest lease: fences of writers in flight may have been lost
 * @returns whether this call found another generation than the one that stood
 */
export async function verifyEpoch(redis: Redis | Cluster, keys: Keys, quarantineMs: number): Promise<boolean> {
  const identity = await serverIdentity(redis)
  const standing = (await redis.get(keys.epoch)) ?? ''
  if (standing !== '' && standing.slice(standing.indexOf('@') + 1) === identity) return false
  await beginEpoch(redis, keys, standing, identity, quarantineMs)
  return true
}

/** Ends the standing epoch, whoever made it: for a process that cannot tell which tags it failed to publish. */
export async function replaceEpoch(redis: Redis | Cluster, keys: Keys, quarantineMs: number): Promise<void> {
  const standing = (await redis.get(keys.epoch)) ?? ''
  await beginEpoch(redis, keys, standing, await serverIdentity(redis), quarantineMs)
}

async function beginEpoch(
  redis: Redis | Cluster,
  keys: Keys,
  standing: string,
  identity: string,
  quarantineMs: number,
) {
  await runCommand(
    redis,
    commands.beginEpoch,
    [keys.epoch, keys.quarantine],
    [standing, `${createNonce()}@${identity}`, quarantineMs],
  )
}
