import { createRandom } from '../../random.js'
import { act } from './actor.js'
import { createCalls } from './calls.js'
import { createGates } from './gates.js'
import type { ClientSettings, FromClient, Handoff, ToClient } from './messages.js'
import { openClient } from './open-client.js'
import { createRecorder } from './recorder.js'

/** A process of clients: told by its parent what to do, until it is stopped or killed. */
const settings = JSON.parse(process.env.CHAOS_CLIENT!) as ClientSettings
const send = (message: FromClient) => void process.send!(message)
const name = `p${settings.slot}.${settings.incarnation}`
const seed = settings.seed * 1000 + settings.incarnation

process.removeAllListeners('warning')
process.on('disconnect', () => process.exit(0))

const recorder = createRecorder(settings, send)
const gates = createGates(createRandom(seed ^ 0x6a7e), recorder.dieAt)
const client = openClient(settings, gates, recorder)
let made = 0
const nextValue = () => settings.incarnation * 1_000_000 + ++made
const calls = createCalls({ recorder, gates, process: name, nextValue, send })
const inbox: Handoff[] = []
let stopping = false
let rest: Promise<void> | undefined
let sessions = 0

process.on('message', (message: ToClient) => {
  switch (message.kind) {
    case 'kill':
      if (message.point === 'anywhere') recorder.dieAt('anywhere')
      return gates.killAt(message.point)
    case 'hold':
      return gates.hold(message.point, message)
    case 'session':
      return void inbox.push(message.handoff)
    case 'rest':
      rest = new Promise<void>((resolve) => setTimeout(resolve, message.ms)).then(() => {
        rest = undefined
      })
      return
    case 'stop':
      stopping = true
  }
})

send({ kind: 'ready' })
try {
  await Promise.all(
    Array.from({ length: settings.actors }, (_, i) =>
      act({
        settings,
        client,
        calls,
        recorder,
        random: createRandom(seed * 100 + i),
        inbox,
        send,
        newSession: () => `${name}/${++sessions}`,
        clientSession: `client ${name}`,
        rest: () => rest,
        stopping: () => stopping,
      }),
    ),
  )
  recorder.stop()
} catch (error) {
  send({ kind: 'broken', what: error instanceof Error ? (error.stack ?? error.message) : String(error) })
}
// Everything is said before the line is hung up.
process.send!({ kind: 'ready' } satisfies FromClient, () => process.exit(0))
