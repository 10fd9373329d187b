import { readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { listWords } from '@prisma-cache/policy-dsl'
import { CliError } from '../cli-error.js'
import { schemaOfConfig } from './schema-of-config.js'

const configEndings = ['ts', 'js', 'mts', 'mjs', 'cts', 'cjs']
const configs = [
  ...configEndings.map((ending) => `prisma.config.${ending}`),
  ...configEndings.map((ending) => `.config/prisma.${ending}`),
]
/** The next step where a path was given. */
export const give = 'give the path of a schema file, or of the folder that holds its files'
const usual = ['schema.prisma', 'prisma/schema.prisma', 'prisma/schema']

/**
 * Path of the schema file or folder: as given, or where Prisma would look from `cwd` on.
 *
 * @throws CliError PC6005 if nothing is where it was given, PC6101 if there is none, PC6102 if the Prisma config does not say it in so many words
 */
export async function findSchema(cwd: string, given?: string): Promise<string> {
  if (given !== undefined) {
    if (await exists(resolve(cwd, given))) return resolve(cwd, given)
    throw new CliError('PC6005', `\`--schema ${given}\` names nothing`, give)
  }
  const configured = (await fromConfig(cwd)) ?? (await fromManifest(cwd))
  if (configured !== undefined) return configured
  for (const path of usual) if (await exists(join(cwd, path))) return join(cwd, path)
  const message = `no schema found: there is neither ${listWords(usual).replace(' or ', ' nor ')}`
  throw new CliError('PC6101', message, 'call it in the folder of the project, or with `--schema <file|folder>`')
}

/** As the user would type it, where that is shorter than the whole path. */
export function displayPath(cwd: string, path: string): string {
  const near = relative(cwd, path)
  return near.startsWith('..') || near === '' ? path : near.split(sep).join('/')
}

async function fromConfig(cwd: string): Promise<string | undefined> {
  for (const name of configs) {
    const path = join(cwd, name)
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const found = schemaOfConfig(text)
    if (found.kind === 'path') return await existing(resolve(dirname(path), found.path), `\`schema\` of ${name}`, cwd)
    if (found.kind === 'none') return undefined
    const message = `${name} computes its \`schema\`, which is only known when it runs`
    throw new CliError('PC6102', message, 'pass the same path as `--schema <file|folder>`')
  }
  return undefined
}

async function fromManifest(cwd: string): Promise<string | undefined> {
  const text = await readFile(join(cwd, 'package.json'), 'utf8').catch(() => '{}')
  const path = schemaOfManifest(text)
  return path === undefined ? undefined : await existing(resolve(cwd, path), '`prisma.schema` of package.json', cwd)
}

function schemaOfManifest(text: string): string | undefined {
  try {
    const path: unknown = JSON.parse(text)?.prisma?.schema
    return typeof path === 'string' ? path : undefined
  } catch {
    // A manifest that cannot be read is for the package manager to complain about.
    return undefined
  }
}

async function existing(path: string, source: string, cwd: string): Promise<string> {
  if (await exists(path)) return path
  const message = `there is nothing at ${displayPath(cwd, path)} (${source})`
  throw new CliError('PC6101', message, `correct it there, or pass \`--schema <file|folder>\``)
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
