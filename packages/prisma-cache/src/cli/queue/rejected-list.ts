import type { RejectedChange } from '../../queue/change.js'
import type { CommandLine, ExitCode } from '../command.js'
import type { Io } from '../io.js'
import { counted } from '../text/words.js'
import { queuedModels, withQueue } from './open-queue.js'
import { recordsOf } from './rejected-records.js'

const WHAT = { C: 'create', U: 'update', D: 'delete', R: 'delete and create' } as const

export async function listRejected(line: CommandLine, io: Io): Promise<ExitCode> {
  await withQueue(line, io, async (queue) => {
    const records = await recordsOf(queue, queuedModels(queue.policies, line.words[1]))
    const changes = records.map(({ change }) => change)
    if (line.flags.json) return io.out(JSON.stringify({ formatVersion: 1, ok: true, rejected: changes }, undefined, 2))
    if (changes.length === 0) return io.out('nothing is rejected')
    for (const change of changes) for (const text of described(change)) io.out(text)
    io.out(`\n${counted(changes.length, 'rejected write')}`)
  })
  return 0
}

function described(change: RejectedChange): string[] {
  const { model, row, kind, set, add, error, sqlState, at, superseded } = change
  const values = [
    ...sorted(set).map(([name, text]) => `${name} = ${text === '' ? 'NULL' : text.replace(/^=/, '')}`),
    ...sorted(add).map(([name, digits]) => `${name} + ${digits}`),
  ]
  return [
    `${model} ${row}: ${WHAT[kind]}, rejected ${new Date(at).toISOString()}`,
    `  ${sqlState === undefined ? '' : `${sqlState} `}${error}`,
    ...(values.length > 0 ? [`  ${values.join(', ')}`] : []),
    ...(superseded ? ['  a later write of the row stands'] : []),
  ]
}

/** Redis keeps fields in no order. */
function sorted(values: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))
}
