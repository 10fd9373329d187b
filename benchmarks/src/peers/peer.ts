import type { PrismaClient } from '../generated/prisma/client.js'

/** Another cache for Prisma, set up as its own pages say. */
export interface Peer {
  /** Package and version, and where it keeps what it caches. */
  readonly name: string
  readonly keeps: 'redis' | 'memory'
  readonly prisma: PrismaClient
  /** What a read needs in its arguments to be cached. */
  readonly arg: Readonly<Record<string, unknown>>
  /** Does a write drop what was cached of its model? */
  readonly invalidates: boolean
  close(): Promise<void>
}

/** A row of `Through`, by the peer: typed as Prisma's own, since the peers add an argument that it does not know. */
export function peerFind({ prisma, arg }: Peer, id: string): Promise<unknown> {
  return prisma.through.findUnique({ where: { id }, ...arg })
}
