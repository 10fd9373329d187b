import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { loadSchema } from '../schema/load-schema.js'
import { makeReport, reportText } from './report.js'

export async function check(line: CommandLine, io: Io): Promise<ExitCode> {
  const report = makeReport(await loadSchema(line, io))
  io.out(line.flags.json ? JSON.stringify(report, undefined, 2) : reportText(report))
  return report.ok ? 0 : 1
}
