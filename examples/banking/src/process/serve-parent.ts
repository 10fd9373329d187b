import type { Methods, Request, Response } from './protocol.js'

/**
 * Answers the parent's calls over the IPC channel. A child lives no longer than the channel does, however the parent
 * ends, SIGKILL included.
 */
export function serveParent(methods: Methods): void {
  process.on('disconnect', () => process.exit(0))
  // Ctrl-C reaches the whole group; the parent stops its children in order.
  process.on('SIGINT', () => {})
  process.on('message', (request: Request) => {
    void answer(methods, request).then((response) => {
      if (process.connected) process.send?.(response)
    })
  })
}

async function answer(methods: Methods, { id, name, args }: Request): Promise<Response> {
  try {
    const method = Object.hasOwn(methods, name) ? methods[name] : undefined
    if (!method) throw new TypeError(`no method "${name}"`)
    return { id, result: await method(...args) }
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown))
    return { id, error: { name: error.name, message: error.message, ...(error.stack && { stack: error.stack }) } }
  }
}
