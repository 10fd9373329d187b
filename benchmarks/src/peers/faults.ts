import { isDeepStrictEqual } from 'node:util'
import type { PrismaClient } from '../generated/prisma/client.js'
import type { Stage } from '../stage/stage.js'
import { type Peer, peerFind } from './peer.js'

/** What each peer, and the cache itself, answers otherwise than Postgres; one line a fault. */
export async function faultsOf(stage: Stage): Promise<readonly string[]> {
  const ours: Peer = {
    name: 'prisma-cache',
    keeps: 'redis',
    prisma: stage.cached,
    arg: {},
    invalidates: true,
    close: async () => {},
  }
  const faults: string[] = []
  for (const peer of [ours, ...stage.peers]) {
    for (const [what, probe] of Object.entries(PROBES)) {
      const fault = await probe(stage, peer).catch((error: Error) => `fails: ${error.message.split('\n').at(-1)}`)
      if (fault) faults.push(`${peer.name}, ${what}: ${fault}`)
    }
  }
  return faults
}

let next = 0
async function newRow(plain: PrismaClient): Promise<string> {
  const id = `probe-${next++}`
  await plain.through.create({ data: { id, owner: 'old', balance: '10.50' } })
  return id
}

type Probe = (stage: Stage, peer: Peer) => Promise<string | undefined>

const PROBES: Readonly<Record<string, Probe>> = {
  async 'a row from the cache'(stage, peer) {
    const id = await newRow(stage.plain)
    const truth = (await stage.plain.through.findUnique({ where: { id } })) as unknown as Record<string, unknown>
    await peerFind(peer, id)
    const row = (await peerFind(peer, id)) as Record<string, unknown>
    const wrong = Object.keys(truth).filter((field) => !isDeepStrictEqual(row[field], truth[field]))
    if (wrong.length === 0) return undefined
    return wrong.map((field) => `${field} is ${kindOf(row[field])} and not ${kindOf(truth[field])}`).join(', ')
  },

  async 'a row after its update'({ plain }, peer) {
    const id = await newRow(plain)
    await peerFind(peer, id)
    await peer.prisma.through.update({ where: { id }, data: { owner: 'new' } })
    return staleOr(await peerFind(peer, id))
  },

  async 'a row after an update in a transaction, read by somebody else meanwhile'({ plain }, peer) {
    const id = await newRow(plain)
    await peerFind(peer, id)
    await peer.prisma.$transaction(async (tx) => {
      await tx.through.update({ where: { id }, data: { owner: 'new' } })
      await peerFind(peer, id)
    })
    return staleOr(await peerFind(peer, id))
  },

  async 'a row after an update that was rolled back'({ plain }, peer) {
    const id = await newRow(plain)
    const undone = new Error('rolled back')
    await peer.prisma
      .$transaction(async (tx) => {
        await tx.through.update({ where: { id }, data: { owner: 'phantom' } })
        await tx.through.findUnique({ where: { id }, ...peer.arg })
        throw undone
      })
      .catch((error) => {
        if (error !== undone) throw error
      })
    const row = (await peerFind(peer, id)) as { owner: string }
    return row.owner === 'phantom' ? 'a value that was never committed' : undefined
  },

  async 'a row after raw SQL'({ plain }, peer) {
    const id = await newRow(plain)
    await peerFind(peer, id)
    await peer.prisma.$executeRaw`UPDATE "Through" SET "owner" = 'new' WHERE "id" = ${id}`
    return staleOr(await peerFind(peer, id))
  },
}

const staleOr = (row: unknown) => ((row as { owner: string }).owner === 'new' ? undefined : 'the old one')

function kindOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`
  const { name } = value.constructor
  return name === 'Object' ? `an object of ${Object.keys(value).length} keys` : `a ${name.replace(/\d+$/, '')}`
}
