import type { Redis } from 'ioredis'

/**
 * Sends what is asked for in one tick with one write. ioredis can collect commands itself (`enableAutoPipelining`), but
 * holds also a single one back for a turn of the event loop, and makes a pipeline of it; see docs/adr/0062.
 */
export function corkWrites(redis: Redis): void {
  const send = redis.sendCommand.bind(redis)
  let corked: Writes | undefined
  const open = () => {
    const stream = corked!
    corked = undefined
    stream.uncork()
  }
  redis.sendCommand = (command, ...rest) => {
    const { stream } = redis as unknown as { readonly stream?: Writes }
    if (!corked && stream && typeof stream.cork === 'function') {
      corked = stream
      stream.cork()
      process.nextTick(open)
    }
    return send(command, ...rest)
  }
}

type Writes = Pick<NodeJS.WritableStream & { cork(): void; uncork(): void }, 'cork' | 'uncork'>
