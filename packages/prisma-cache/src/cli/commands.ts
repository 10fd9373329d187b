import { adviseCommand } from './advise/command.js'
import { checkCommand } from './check/command.js'
import type { Command } from './command.js'
import { doctorCommand } from './doctor/command.js'
import { explainCommand } from './explain/command.js'
import { initCommand } from './init/command.js'
import { flushCommand, pendingCommand, rejectedCommand, workerCommand } from './queue/commands.js'

/** In the order in which a new user needs them. */
export const commands: readonly Command[] = [
  initCommand,
  adviseCommand,
  checkCommand,
  explainCommand,
  doctorCommand,
  workerCommand,
  pendingCommand,
  flushCommand,
  rejectedCommand,
]
