import { parseArgs } from 'node:util'
import { listWords, nearest } from '@prisma-cache/policy-dsl'
import { CliError } from './cli-error.js'
import type { Command, CommandLine, Flag } from './command.js'

const helpFlag: Flag = { name: 'help', summary: 'this text' }

/** The flags of a command, with those that every command takes. */
export function flagsOf(command: Command): readonly Flag[] {
  return [...command.flags, helpFlag]
}

/** @throws CliError PC6002 for what the command does not take */
export function parseCommandLine(command: Command, args: readonly string[]): CommandLine {
  const known = flagsOf(command)
  const options = Object.fromEntries(
    known.map(({ name, value }) => [name, { type: value === undefined ? 'boolean' : 'string' } as const]),
  )
  // Not strict: Node's own messages name no nearest flag.
  const { tokens } = parseArgs({
    args: [...args],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const words: string[] = []
  const flags: Record<string, string | true> = {}
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const flag = known.find(({ name }) => name === token.name)
    if (flag === undefined) throw unknownFlag(command, token.rawName, known)
    flags[flag.name] = flagValue(flag, token.value, token.inlineValue === true)
  }
  const allowed = command.mostWords ?? (command.word === undefined ? 0 : 1)
  if (words.length > allowed) {
    const message = `\`prisma-cache ${command.name}\` does not take \`${words[allowed]}\``
    throw new CliError('PC6002', message, `call \`${usageOf(command)}\``)
  }
  return { words, flags }
}

export function usageOf({ name, word, flags }: Command): string {
  return ['prisma-cache', name, ...(word ? [word] : []), ...(flags.length > 0 ? ['[flags]'] : [])].join(' ')
}

function unknownFlag(command: Command, given: string, known: readonly Flag[]): CliError {
  const near = nearest(
    given.replace(/^-+/, ''),
    known.map(({ name }) => name),
  )
  const message = `\`prisma-cache ${command.name}\` has no flag \`${given}\``
  const help = `\`prisma-cache ${command.name} --help\` lists its flags`
  return new CliError('PC6002', message, near === undefined ? help : `did you mean \`--${near}\`? ${help}`)
}

function flagValue(flag: Flag, given: string | undefined, inline: boolean): string | true {
  const { name, value, choices } = flag
  if (value === undefined) {
    if (given === undefined) return true
    throw new CliError('PC6002', `\`--${name}\` takes no value`, `write \`--${name}\` alone`)
  }
  // `--schema --json`: the value was forgotten, and the next flag is none.
  if (given === undefined || given === '' || (!inline && given.startsWith('-'))) {
    const next = choices ? `write one of ${listWords(choices)}` : `write \`--${name} ${value}\``
    throw new CliError('PC6002', `\`--${name}\` needs a value`, next)
  }
  if (choices && !choices.includes(given)) {
    const near = nearest(given, choices)
    const meant = near === undefined ? '' : `did you mean \`${near}\`? `
    throw new CliError(
      'PC6002',
      `\`${given}\` is no value of \`--${name}\``,
      `${meant}${meant === '' ? 'it' : 'It'} takes ${listWords(choices)}`,
    )
  }
  return given
}
