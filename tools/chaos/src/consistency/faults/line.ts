import net from 'node:net'

/** A way to a server that can be cut. */
export interface Line {
  readonly port: number
  /** Nothing passes for now, and connections stay open: what was sent meanwhile arrives late. */
  hold(): void
  /** The same of what comes over some connections only: those that the server sees at these ports. */
  holdAnswers(ports: ReadonlySet<number>): void
  resume(): void
  /** Connections end, and new ones are refused. */
  cut(): void
  /** Connections are taken again. */
  mend(): void
  close(): Promise<void>
}

/** @param target asked for at each connection: the server may have moved */
export async function openLine(target: () => number): Promise<Line> {
  const sockets = new Set<net.Socket>()
  let held = false
  let refused = false

  function tie(from: net.Socket, to: net.Socket): void {
    sockets.add(from)
    from.setNoDelay(true)
    if (held) from.pause()
    from.on('data', (chunk) => {
      if (!to.write(chunk)) from.pause()
    })
    to.on('drain', () => held || from.resume())
    from.on('error', () => {}) // told by 'close'
    from.on('close', () => {
      sockets.delete(from)
      to.destroy()
    })
  }

  const server = net.createServer((client) => {
    if (refused) {
      client.destroy()
      return
    }
    const upstream = net.connect(target(), '127.0.0.1')
    tie(client, upstream)
    tie(upstream, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as net.AddressInfo).port,
    hold() {
      held = true
      for (const socket of sockets) socket.pause()
    },
    holdAnswers(ports) {
      for (const socket of sockets) if (ports.has(socket.localPort ?? 0)) socket.pause()
    },
    resume() {
      held = false
      for (const socket of sockets) socket.resume()
    },
    cut() {
      refused = true
      for (const socket of sockets) socket.destroy()
    },
    mend() {
      refused = false
    },
    async close() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
