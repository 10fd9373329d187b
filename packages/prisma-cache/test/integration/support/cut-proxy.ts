import net from 'node:net'
import type { Bench } from './bench.js'

/** A road to Postgres that can be cut while a COMMIT is under way: once the server has answered it, or before it hears it. */
export async function createCutProxy(bench: Bench) {
  const target = new URL(bench.databaseUrl)
  let cut: 'asked' | 'answered' | undefined
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname)
    const end = () => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) socket.on('error', end).on('close', end)
    client.on('data', (data) => {
      if (cut === 'asked' && data.includes('COMMIT')) return stop()
      upstream.write(data)
    })
    upstream.on('data', (data) => {
      // The tag of a command that is complete.
      if (cut === 'answered' && data.includes('COMMIT\0')) return stop()
      client.write(data)
    })
    function stop(): void {
      cut = undefined
      end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  bench.onClose(() => new Promise((resolve) => server.close(resolve)))
  const url = new URL(bench.databaseUrl)
  url.hostname = '127.0.0.1'
  url.port = String((server.address() as net.AddressInfo).port)
  return {
    url: url.toString(),
    /** The connection of the next COMMIT ends when that is asked for, or has just been answered. */
    cutAtCommit(when: 'asked' | 'answered') {
      cut = when
    },
  }
}
