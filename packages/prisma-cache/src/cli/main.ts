import { readFile } from 'node:fs/promises'
import { listWords, nearest } from '@prisma-cache/policy-dsl'
import { PrismaCacheError } from '../errors/cache-error.js'
import { CliError, printError } from './cli-error.js'
import type { Command, ExitCode } from './command.js'
import { commands } from './commands.js'
import { helpOf, helpOfAll } from './help.js'
import type { Io } from './io.js'
import { parseCommandLine } from './parse-command-line.js'
import { createTerminal } from './terminal.js'

/** Runs one call of `prisma-cache`. @returns its exit code; throws nothing */
export async function main(args: readonly string[], io: Io = createTerminal()): Promise<ExitCode> {
  try {
    return await run(args, io)
  } catch (error) {
    const failure = asCliError(error)
    io.err(printError(failure))
    if (args.includes('--json')) {
      const { code, message, next } = failure
      io.out(JSON.stringify({ formatVersion: 1, ok: false, error: { code, message, next } }, undefined, 2))
    }
    return failure.exitCode
  }
}

async function run([first, ...rest]: readonly string[], io: Io): Promise<ExitCode> {
  if (first === undefined || first === '--help' || first === '-h' || (first === 'help' && rest.length === 0)) {
    io.out(helpOfAll(commands))
    return 0
  }
  if (first === '--version' || first === '-v') {
    io.out(await version())
    return 0
  }
  if (first === 'help') {
    io.out(helpOf(findCommand(rest[0]!)))
    return 0
  }
  const command = findCommand(first)
  const line = parseCommandLine(command, rest)
  if (line.flags.help) {
    io.out(helpOf(command))
    return 0
  }
  const perform = await command.load()
  return await perform(line, io)
}

function findCommand(name: string): Command {
  const found = commands.find((command) => command.name === name)
  if (found) return found
  if (name.startsWith('-')) {
    throw new CliError('PC6002', `\`${name}\` stands before the command`, 'call `prisma-cache <command> [flags]`')
  }
  const names = commands.map((command) => command.name)
  const near = nearest(name, names)
  const next = near === undefined ? `the commands are ${listWords(names)}` : `did you mean \`prisma-cache ${near}\`?`
  throw new CliError('PC6001', `there is no command \`${name}\``, next)
}

async function version(): Promise<string> {
  const manifest = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}

function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error
  if (error instanceof PrismaCacheError) {
    const message = error.message.replace(/^PC\d+: /, '')
    return new CliError(error.code, message, `docs/errors.md explains ${error.code}`, { cause: error })
  }
  const missing = missingPackage(error)
  if (missing !== undefined) {
    const message = `the package \`${missing}\` is not installed`
    return new CliError('PC6105', message, 'install `prisma` and `@prisma/client` 7.10 or later, then try again')
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const next = 'this is a mistake of prisma-cache: please report it with the schema, if you can'
  return new CliError('PC6000', `the command failed in a way that it does not know: ${stack}`, next, { cause: error })
}

function missingPackage(error: unknown): string | undefined {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') return undefined
  return /Cannot find package '([^']+)'/.exec(error.message)?.[1]
}
