import { CliError } from '../cli-error.js'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { dropRejected } from './rejected-drop.js'
import { listRejected } from './rejected-list.js'
import { retryRejectedRows } from './rejected-retry.js'

const ACTIONS = { list: listRejected, retry: retryRejectedRows, drop: dropRejected } as const

export async function rejected(line: CommandLine, io: Io): Promise<ExitCode> {
  const [action, model, row] = line.words
  const usage = 'call `prisma-cache rejected list`, or `prisma-cache rejected retry|drop <Model> <row>`'
  if (action === undefined || !Object.hasOwn(ACTIONS, action)) {
    const message = action === undefined ? '`rejected` needs to know what to do' : `\`rejected\` cannot \`${action}\``
    throw new CliError('PC6002', message, usage)
  }
  if (action === 'list' && row !== undefined) throw new CliError('PC6002', '`rejected list` takes no row', usage)
  if (action !== 'list') {
    if (model === undefined) throw new CliError('PC6002', `\`rejected ${action}\` needs the name of a model`, usage)
    if ((row === undefined) !== (line.flags.all === true)) {
      const next = `write \`prisma-cache rejected ${action} ${model} <row>\`, or \`--all\` in place of the row`
      throw new CliError('PC6002', `\`rejected ${action}\` needs a row or \`--all\`, and not both`, next)
    }
  }
  return await ACTIONS[action as keyof typeof ACTIONS](line, io)
}
