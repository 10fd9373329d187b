import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { databaseUrlOf, type OpenQueue, withQueue } from '../queue/open-queue.js'
import { openDatabase } from '../queue/pg-database.js'
import { counted } from '../text/words.js'
import type { Finding } from './finding.js'
import { examinePostgres } from './postgres.js'
import { examineQueue } from './queue.js'
import { examineRedis } from './redis.js'

/** Looks at everything that the policies rely on, and changes nothing. Exits with 1 where a promise is not kept. */
export async function doctor(line: CommandLine, io: Io): Promise<ExitCode> {
  const url = databaseUrlOf(line, io)
  const findings = await withQueue(line, io, (queue) => examine(queue, url))
  const problems = findings.filter(({ state }) => state === 'problem').length
  const warnings = findings.filter(({ state }) => state === 'warning').length
  if (line.flags.json) {
    io.out(JSON.stringify({ formatVersion: 1, ok: problems === 0, problems, warnings, findings }, undefined, 2))
  } else {
    for (const finding of findings) for (const text of linesOf(finding)) io.out(text)
    io.out(
      problems + warnings === 0
        ? 'nothing is wrong'
        : `${counted(problems, 'problem')}, ${counted(warnings, 'warning')}`,
    )
  }
  return problems === 0 ? 0 : 1
}

async function examine(queue: OpenQueue, url: string): Promise<Finding[]> {
  const database = await openDatabase(url, 1)
  try {
    return [
      ...(await examineRedis(queue.redis, queue.policies)),
      ...(await examinePostgres(database, queue.policies)),
      ...(await examineQueue(queue, database)),
    ]
  } finally {
    await database.close()
  }
}

const WORD = { ok: 'ok', warning: 'warning', problem: 'problem' } as const

function linesOf({ area, state, text, next }: Finding): string[] {
  const head = `${WORD[state].padEnd(8)} ${area.padEnd(9)} ${text}`
  return next === undefined ? [head] : [head, `${' '.repeat(19)}next: ${next}`]
}
