import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'
import type { Account } from './unprivileged-account.js'

export type Signal = 'INT' | 'TERM' | 'QUIT' | 'KILL' | 'STOP' | 'CONT'

export interface TiedProcess {
  /** Of the server itself, not of the shell that watches over it. */
  readonly pid: number
  /** The last 20,000 characters of what the server wrote. */
  log(): string
  running(): boolean
  signal(signal: Signal): void
  /** Resolves once the server has ended. */
  ended(): Promise<void>
}

export interface TieOptions {
  readonly account?: Account | undefined
  readonly cwd: string
  /** What the server is sent when this process ends without having stopped it. */
  readonly whenOrphaned: Signal
}

/**
 * A shell stands between us and the server and holds the read end of a pipe from us. The pipe closes however we end,
 * SIGKILL included, and the shell then signals the server. CONT follows, since a stopped server hears nothing.
 * The server does not inherit the pipe: a copy of its read end would be harmless, but keep the shell's business apart.
 */
const TIE = `
exec 4<&0
"$@" </dev/null 3>&- 4<&- &
server=$!
echo $server >&3
exec 3>&-
(read _ <&4; kill -"$TIE_SIGNAL" $server; kill -CONT $server) >/dev/null 2>&1 &
watcher=$!
wait $server
status=$?
kill $watcher 2>/dev/null
exit $status`

const KEPT_LOG = 20_000

export async function spawnTied(command: string, args: readonly string[], options: TieOptions): Promise<TiedProcess> {
  const shell = spawn('/bin/sh', ['-c', TIE, 'sh', command, ...args], {
    cwd: options.cwd,
    env: { ...process.env, TIE_SIGNAL: options.whenOrphaned },
    // A session of its own: Ctrl-C reaches only us, and we stop things in order.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    ...(options.account && { uid: options.account.uid, gid: options.account.gid }),
  })
  let log = ''
  const keep = (chunk: Buffer): void => {
    log = (log + chunk).slice(-KEPT_LOG)
  }
  shell.stdout?.on('data', keep)
  shell.stderr?.on('data', keep)
  shell.stdin?.on('error', () => {}) // the shell ended first: nobody is left to be told

  let running = true
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      running = false
      resolve()
    }
    // `close` and not `exit`: by then everything the server said is in the log.
    shell.once('close', end)
    shell.once('error', end)
  })
  const pid = await firstLineAsNumber(shell.stdio[3] as Readable, shell)
  unref(shell)
  return {
    pid,
    log: () => log,
    running: () => running,
    signal: (signal) => {
      if (running) kill(pid, signal)
    },
    ended: async () => {
      // Nothing else may keep the event loop alive while we wait.
      const alive = setInterval(() => {}, 60_000)
      await ended
      clearInterval(alive)
    },
  }
}

function firstLineAsNumber(stream: Readable, shell: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = ''
    stream.on('data', (chunk) => (text += chunk))
    stream.once('end', () => (text === '' ? reject(new Error('the shell /bin/sh gave no pid')) : resolve(Number(text))))
    shell.once('error', reject)
  })
}

/** A server must not keep a program alive that has nothing left to do: the program ends, and the tie ends the server. */
function unref(shell: ChildProcess): void {
  shell.unref()
  for (const stream of shell.stdio as (Readable | Writable | null | undefined)[]) {
    ;(stream as { unref?: () => void } | null)?.unref?.()
  }
}

function kill(pid: number, signal: Signal): void {
  try {
    process.kill(pid, `SIG${signal}`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
