import { readFile, stat } from 'node:fs/promises'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { listWords } from '@prisma-cache/policy-dsl'
import { CliError } from '../cli-error.js'
import { schemaOfConfig } from './schema-of-config.js'

/** In Prisma's order. */
const endings = ['js', 'ts', 'mjs', 'cjs', 'mts', 'cts']
const configs = [
  ...['prisma7.config', '.config/prisma7'].flatMap((name) => endings.map((ending) => `${name}.${ending}`)),
  ...['prisma.config', '.config/prisma', '.config/prisma.config'].flatMap((name) => [
    ...endings.map((ending) => `${name}.${ending}`),
    ...endings.map((ending) => `${name}/index.${ending}`),
  ]),
]
/** The next step where a path was given. */
export const give = 'give the path of a schema file, or of the folder that holds its files'
const usual = ['schema.prisma', 'prisma/schema.prisma']

/** What a command line says of it. */
export interface Given {
  readonly schema?: string | undefined
  readonly config?: string | undefined
}

/**
 * Path of the schema file or folder: as given, or where `prisma generate` would look from `cwd` on.
 *
 * @throws CliError PC6005 if nothing is where it was given, PC6101 if there is none, PC6102 if the Prisma config does not say it in so many words
 */
export async function findSchema(cwd: string, { schema, config }: Given = {}): Promise<string> {
  if (schema !== undefined) {
    if (await exists(resolve(cwd, schema))) return resolve(cwd, schema)
    throw new CliError('PC6005', `\`--schema ${schema}\` names nothing`, give)
  }
  const configured = await fromConfig(cwd, config)
  if (configured !== undefined) return configured
  const base = config === undefined ? cwd : dirname(resolve(cwd, config))
  for (const path of usual) if (await exists(join(base, path))) return join(base, path)
  const message = `no schema found: there is neither ${listWords(usual).replace(' or ', ' nor ')}`
  throw new CliError('PC6101', message, await nextPlace(base))
}

/** As the user would type it, where that is shorter than the whole path. */
export function displayPath(cwd: string, path: string): string {
  const near = relative(cwd, path)
  return near.startsWith('..') || near === '' ? path : near.split(sep).join('/')
}

async function fromConfig(cwd: string, given: string | undefined): Promise<string | undefined> {
  for (const name of given === undefined ? configs : [given]) {
    const path = resolve(cwd, name)
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) continue
    const found = schemaOfConfig(text)
    if (found.kind === 'none') return undefined
    if (found.kind === 'path') {
      const base = found.fromCwd ? cwd : dirname(path)
      return await existing(resolve(base, found.path), `\`schema\` of ${name}`, cwd)
    }
    const message = `${name} computes its \`schema\`, which is only known when it runs`
    throw new CliError('PC6102', message, 'pass the same path as `--schema <file|folder>`')
  }
  if (given === undefined) return undefined
  throw new CliError('PC6005', `\`--config ${given}\` names nothing`, 'give the path of a Prisma config file')
}

async function existing(path: string, source: string, cwd: string): Promise<string> {
  if (await exists(path)) return path
  const message = `there is nothing at ${displayPath(cwd, path)} (${source})`
  throw new CliError('PC6101', message, `correct it there, or pass \`--schema <file|folder>\``)
}

/** A folder of files is nothing that Prisma looks for by itself. */
async function nextPlace(base: string): Promise<string> {
  for (const path of ['prisma/schema', 'prisma']) {
    if (!(await exists(join(base, path)))) continue
    return `if ${path} holds it, say \`schema: '${path}'\` in prisma.config.ts, as \`prisma generate\` needs it; or pass \`--schema ${path}\``
  }
  return `call it in the folder of the project, or with \`--schema <file|folder>\``
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
