import { parseFlags, USAGE } from '../config/flags.js'
import { UsageError } from '../config/usage-error.js'
import { Closing } from './closing.js'
import { demo } from './demo.js'

const EXIT = { ok: 0, failed: 1, usage: 2, interrupted: 130 } as const

const closing = new Closing()
let interrupted = false
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    interrupted = true
    void closing.close().then(() => process.exit(EXIT.interrupted))
  })
}

try {
  const flags = parseFlags(process.argv.slice(2))
  if (flags.help) {
    console.log(USAGE)
  } else {
    const ok = await demo(flags, closing)
    await closing.close()
    process.exitCode = ok ? EXIT.ok : EXIT.failed
  }
} catch (error) {
  await closing.close()
  // What an interrupted demo stumbles over says nothing.
  if (interrupted) process.exit(EXIT.interrupted)
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`)
    process.exitCode = EXIT.usage
  } else {
    console.error(error instanceof Error && error.name === 'ServersError' ? error.message : error)
    process.exitCode = EXIT.failed
  }
}
