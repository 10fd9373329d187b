import net from 'node:net'

/**
 * A TCP port of the loopback interface that nobody listens on. Somebody else may take it before the server does:
 * whoever starts a server here tries another one when that happens (`on-free-port.ts`).
 */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
