import type { Io, Prompts } from './io.js'

export function createTerminal(): Io {
  const interactive = process.stdin.isTTY === true && process.stdout.isTTY === true
  return {
    cwd: process.cwd(),
    env: process.env,
    stopped: () =>
      new Promise((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve())
      }),
    out: (text) => console.log(text),
    err: (text) => console.error(text),
    ...(interactive ? { ask: prompts } : {}),
  }
}

/** Loaded when somebody is asked: most calls ask nothing. */
const prompts: Prompts = {
  async confirm(message, initial) {
    const clack = await import('@clack/prompts')
    const answer = await clack.confirm({ message, initialValue: initial })
    return clack.isCancel(answer) ? undefined : answer
  },
  async select<T extends string>(
    message: string,
    choices: readonly { readonly value: T; readonly label: string; readonly hint?: string }[],
  ) {
    const clack = await import('@clack/prompts')
    const options = choices.map(({ value, label, hint }) => ({
      value: value as string,
      label,
      ...(hint ? { hint } : {}),
    }))
    const answer = await clack.select<string>({ message, options })
    return clack.isCancel(answer) ? undefined : (answer as T)
  },
}
