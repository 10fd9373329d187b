import { dirname, join, posix, relative, resolve, sep } from 'node:path'
import type { Problem } from '../../diagnostics/problem.js'
import type { SourceFile } from '../../diagnostics/source-file.js'
import type { Block } from '../../syntax/schema-outline.js'
import { type Environment, outputValue, type Setting, settingOf } from './read-settings.js'

/** Where the policies go if the generator does not say. */
export const defaultOutput = '../generated/cache'

export interface PlacedBlock {
  readonly file: SourceFile
  readonly block: Block
}

const isClient = /^prisma-client(?:-js|-ts)?$/

/** Does it make a Prisma Client? */
export function makesClient({ block }: PlacedBlock): boolean {
  return isClient.test(settingOf(block, 'provider')?.value ?? '')
}

/** Without a folder Prisma makes no client: it stops before any generator runs. */
export function checkClient({ block }: PlacedBlock): readonly Problem[] {
  if (settingOf(block, 'provider')?.value === 'prisma-client-js' || settingOf(block, 'output')) return []
  const message = `the generator \`${block.name}\` has no output folder: \`prisma generate\` makes no client without one`
  return [{ code: 'PC2401', span: block.nameSpan, message, label: 'add `output = "../generated/prisma"`' }]
}

/** Prisma deletes the modules in a client's folder, at any depth, before it writes the new ones. */
export function checkOutput(own: PlacedBlock, clients: readonly PlacedBlock[], env: Environment): readonly Problem[] {
  const setting = settingOf(own.block, 'output')
  const folder = folderOf(own, setting, env) ?? join(dirname(own.file.path), defaultOutput)
  return clients.flatMap((client) => {
    const output = settingOf(client.block, 'output')
    const emptied = output && folderOf(client, output, env)
    if (emptied === undefined || !isWithin(resolve(folder), resolve(emptied))) return []
    const message = `\`${own.block.name}\` writes into the folder of \`${client.block.name}\`, which Prisma empties on every run: the last good output would not stay`
    const written = outputValue(output!, env)
    const sameFolder = dirname(client.file.path) === dirname(own.file.path)
    const label =
      sameFolder && written !== undefined
        ? `write for example \`output = "${outputBeside(written)}"\``
        : 'name a folder beside it'
    return [{ code: 'PC2404' as const, span: setting?.valueSpan ?? own.block.nameSpan, message, label }]
  })
}

function folderOf({ file }: PlacedBlock, setting: Setting | undefined, env: Environment): string | undefined {
  const value = setting && outputValue(setting, env)
  return value === undefined ? undefined : resolve(dirname(file.path), value)
}

function isWithin(path: string, folder: string): boolean {
  const way = relative(folder, path)
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`))
}

/** A folder beside the client's, in the words of the schema. */
export function outputBeside(client: string): string {
  const written = client.replace(/\/+$/, '')
  const folder = posix.basename(written) === 'cache' ? 'prisma-cache' : 'cache'
  const beside = posix.join(posix.dirname(written), folder)
  return /^[./]/.test(beside) ? beside : `./${beside}`
}
