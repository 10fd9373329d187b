import type { Command, Flag } from './command.js'
import { flagsOf, usageOf } from './parse-command-line.js'
import { columns } from './text/columns.js'

export function helpOf(command: Command): string {
  return [
    command.summary,
    '',
    `usage: ${usageOf(command)}`,
    '',
    ...command.about,
    ...(command.about.length > 0 ? [''] : []),
    ...columns(flagsOf(command).map((flag) => [`  ${written(flag)}`, flag.summary])),
  ].join('\n')
}

export function helpOfAll(commands: readonly Command[]): string {
  return [
    'prisma-cache: cache policies of a Prisma schema',
    '',
    'usage: prisma-cache <command> [flags]',
    '',
    ...columns(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    '',
    ...columns([
      ['  --help', 'this text; behind a command, the help of that command'],
      ['  --version', 'the version of prisma-cache'],
    ]),
    '',
    'Exit codes: 0 nothing is wrong, 1 something in the project is, 2 the call is.',
  ].join('\n')
}

function written({ name, value, choices }: Flag): string {
  if (value === undefined) return `--${name}`
  return `--${name} ${choices ? choices.join('|') : value}`
}
