import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net'

/**
 * Standard input, written to where `room` says and handed to `take`. `process.stdin` would make a new buffer of every 64 KB,
 * which takes longer than to read them.
 */
export function readInput(room: () => Buffer, take: (bytes: Buffer) => void): void {
  const onread: OnReadOpts = {
    buffer: room,
    callback(length, buffer) {
      take(Buffer.from(buffer.buffer, buffer.byteOffset, length))
      return true
    },
  }
  // Node's documentation has `onread` among these, its types only among those of `connect`.
  const options: SocketConstructorOpts & { onread: OnReadOpts } = { fd: 0, readable: true, writable: false, onread }
  try {
    new Socket(options).resume()
  } catch {
    // Neither a pipe nor a socket: somebody calls it by hand.
    process.stdin.on('data', (chunk: Buffer) => {
      for (let rest = chunk; rest.length > 0; ) {
        const target = room()
        const length = rest.copy(target)
        take(target.subarray(0, length))
        rest = rest.subarray(length)
      }
    })
  }
}
