// A process that is there to be killed: an acceptor (a client with the extension) or a flush worker.

import { openAcceptor } from './acceptor.js'
import { becomeActor } from './actor.js'
import { decode, type FromChild, type ToChild } from './messages.js'
import type { Opened } from './opened.js'
import { installPoints } from './points.js'
import { openWorker } from './worker.js'

const send = (message: FromChild) => void process.send?.(message)
let opened: Opened | undefined
const points = installPoints((point) => send({ type: 'sprung', point }))

async function hear(message: ToChild): Promise<void> {
  switch (message.type) {
    case 'open':
      points.configure(message.settings)
      opened = await becomeActor(async (actor) => {
        const tell = (told: FromChild) => void (actor.cut || send(told))
        const open = message.settings.role === 'acceptor' ? openAcceptor : openWorker
        return await open(message.settings, tell)
      })
      return send({ type: 'opened' })
    case 'arm':
      return points.arm(message.trap)
    case 'disarm':
      return points.arm(undefined)
    case 'close':
      points.arm(undefined)
      await opened?.close()
      opened = undefined
      return send({ type: 'closed' })
    default:
      return opened?.call?.(decode(message) as typeof message)
  }
}

process.removeAllListeners('warning')
process.on('warning', () => {})
process.on('disconnect', () => process.exit())
process.on('unhandledRejection', (error) => {
  send({ type: 'told', what: 'error', text: `unhandled: ${error instanceof Error ? error.stack : error}` })
})
process.on('message', (message: ToChild) => {
  hear(message).catch((error: unknown) => {
    send({ type: 'failed', error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  })
})
send({ type: 'ready' })
