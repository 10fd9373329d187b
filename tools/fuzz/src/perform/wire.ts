import net from 'node:net'
import { commandNames } from './command-names.js'

/** The way of one client to Redis, which can be cut, and made slow. */
export interface Wire {
  readonly url: string
  /** Ends what is open, and lets nobody through. */
  cut(): void
  mend(): void
  /** Each piece that passes waits for up to so many milliseconds. Pieces of one direction stay in order. */
  slow(ms: number): void
  /** How often each command was sent, by its name in capitals. */
  readonly commands: ReadonlyMap<string, number>
  close(): Promise<void>
}

export async function openWire(redisUrl: string): Promise<Wire> {
  const target = new URL(redisUrl)
  const [host, port] = [target.hostname, Number(target.port || 6379)]
  const open = new Set<net.Socket>()
  let isCut = false
  let slowMs = 0
  const commands = new Map<string, number>()
  const server = net.createServer({ noDelay: true }, (near) => {
    if (isCut) return void near.destroy()
    const far = net.connect({ host, port, noDelay: true })
    near.on(
      'data',
      commandNames((name) => void commands.set(name, (commands.get(name) ?? 0) + 1)),
    )
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      const send = pacer(() => slowMs)
      from.on('data', (piece) => send(() => void (to.destroyed || to.write(piece))))
      from.on('error', () => {})
      from.on('close', () => {
        open.delete(from)
        send(() => to.destroy())
      })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(redisUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as net.AddressInfo).port)
  const cut = () => {
    isCut = true
    for (const socket of open) socket.destroy()
  }
  return {
    url: url.href,
    commands,
    cut,
    mend() {
      isCut = false
    },
    slow(ms) {
      slowMs = ms
    },
    async close() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** Runs what it is given in order, each after a wait that is drawn anew. */
function pacer(most: () => number) {
  let last: Promise<void> | undefined
  return (work: () => void) => {
    if (last === undefined && most() === 0) return work()
    const before = last ?? Promise.resolve()
    const mine = before.then(async () => {
      if (most() > 0) await new Promise((resolve) => setTimeout(resolve, Math.random() * most()))
      work()
      if (last === mine) last = undefined
    })
    last = mine
  }
}
