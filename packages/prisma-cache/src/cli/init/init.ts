import { formatDiagnostics } from '@prisma-cache/policy-dsl'
import { CliError } from '../cli-error.js'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { type LoadedSchema, loadSchema } from '../schema/load-schema.js'
import { applyEdits } from '../text/edit.js'
import { showDiff } from '../text/show-diff.js'
import { type InitChange, needsLedger, planInit } from './plan-init.js'
import { writeFiles } from './write-files.js'

export async function init(line: CommandLine, io: Io): Promise<ExitCode> {
  const schema = await loadSchema(line, io)
  refuseOtherDatabase(schema)
  const { generator, ledger } = planInit(schema.files, schema.blocks)
  const asks = line.flags.yes || line.flags['dry-run'] ? undefined : io.ask
  const wanted = ledger && (await wantsLedger(schema, line, asks))
  if (wanted === undefined && ledger !== undefined) return stopped(io, 130)
  const changes = [generator, wanted ? ledger : undefined].filter((change) => change !== undefined)
  if (changes.length === 0) {
    io.out(`${schema.path}: nothing to do`)
    return 0
  }
  const after = changedFiles(schema, changes)
  io.out(after.map(({ path, before, text }) => showDiff(path, before, text)).join('\n\n'))
  if (line.flags['dry-run']) {
    io.out('\nNothing was written (--dry-run).')
    return 0
  }
  if (!line.flags.yes) {
    if (asks === undefined) {
      const message = 'there is no terminal to ask at whether to write this'
      throw new CliError('PC6003', message, 'pass `--yes` to write it, or `--dry-run` to only see it')
    }
    const confirmed = await asks.confirm('Write this?', true)
    if (!confirmed) return stopped(io, confirmed === undefined ? 130 : 1)
  }
  await writeFiles(after)
  io.out(`\nWrote ${after.map(({ path }) => path).join(', ')}.\n`)
  io.out(nextSteps(changes.includes(ledger as InitChange)))
  return 0
}

/** What would be added is Postgres's own, and Prisma would refuse the schema by it. */
function refuseOtherDatabase({ compiled }: LoadedSchema): void {
  const wrong = compiled.diagnostics.filter(({ code }) => code === 'PC2402')
  if (wrong.length === 0) return
  const message = `the schema has errors\n\n${formatDiagnostics(wrong)}\n`
  throw new CliError('PC6106', message, 'prisma-cache has nothing to do in this project')
}

/** @returns undefined when the person cancelled */
async function wantsLedger(schema: LoadedSchema, line: CommandLine, ask: Io['ask']): Promise<boolean | undefined> {
  if (line.flags['write-behind'] || needsLedger(schema.blocks)) return true
  if (ask === undefined) return false
  return await ask.confirm(
    'Will a model be written behind? Then the flush worker needs the model PrismaCacheLedger.',
    false,
  )
}

function changedFiles({ files }: LoadedSchema, changes: readonly InitChange[]) {
  return files.flatMap(({ path, absolute, text }) => {
    const own = changes.filter(({ file }) => file === path)
    return own.length === 0 ? [] : [{ path, absolute, before: text, text: applyEdits(text, own) }]
  })
}

function stopped(io: Io, code: ExitCode): ExitCode {
  io.out('Nothing was written.')
  return code
}

function nextSteps(ledger: boolean): string {
  return [
    'Next:',
    ...(ledger ? ['  npx prisma migrate dev --name prisma-cache-ledger'] : []),
    '  npx prisma-cache advise <Model>     choose a policy for each model that is worth one',
    '  npx prisma generate                 makes the policies beside the client',
  ].join('\n')
}
