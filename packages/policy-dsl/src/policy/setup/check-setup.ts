import type { Problem } from '../../diagnostics/problem.js'
import type { SourceFile } from '../../diagnostics/source-file.js'
import type { SchemaOutline } from '../../syntax/schema-outline.js'
import { checkDatabase } from './check-database.js'
import { checkOptions } from './check-options.js'
import { checkClient, checkOutput, makesClient, type PlacedBlock } from './check-outputs.js'
import { type Environment, settingOf } from './read-settings.js'

/** How the schema is generated from. */
export interface SetupInput {
  /** Name of the generator that runs; absent: those whose provider is `prisma-cache-generator`. */
  readonly generator?: string
  /** What `env("…")` stands for. */
  readonly env: Environment
}

export interface PlacedProblem {
  readonly file: SourceFile
  readonly problem: Problem
}

/** What is wrong with the datasource and the generators, as far as policies are concerned. */
export function checkSetup(outlines: readonly SchemaOutline[], { generator, env }: SetupInput): PlacedProblem[] {
  const placed = outlines.flatMap(({ file, blocks }) => blocks.map((block) => ({ file, block })))
  const generators = placed.filter(({ block }) => block.keyword === 'generator')
  const datasources = placed.filter(({ block }) => block.keyword === 'datasource')
  const clients = generators.filter(makesClient)
  const own = generators.filter((one) => (generator === undefined ? makesPolicies(one) : one.block.name === generator))
  return [
    ...(datasources.length === 0 ? withoutDatasource(outlines, own[0] ?? generators[0]) : []),
    ...datasources.flatMap((one) => at(one, checkDatabase(one.block, own[0]?.block.name))),
    ...clients.flatMap((one) => at(one, checkClient(one))),
    ...own.flatMap((one) => at(one, [...checkOptions(one.block), ...checkOutput(one, clients, env)])),
  ]
}

function makesPolicies({ block }: PlacedBlock): boolean {
  return settingOf(block, 'provider')?.written.includes('prisma-cache-generator') ?? false
}

/** Prisma stops there as well; its reading of the models alone does not. */
function withoutDatasource(outlines: readonly SchemaOutline[], near: PlacedBlock | undefined): PlacedProblem[] {
  const [first] = outlines
  const file = near?.file ?? first?.file
  if (file === undefined) return []
  const span = near?.block.nameSpan ?? first?.blocks[0]?.nameSpan ?? { start: 0, end: 0 }
  const message = 'the schema has no datasource: `prisma generate` stops without one'
  return [
    {
      file,
      problem: {
        code: 'PC2405',
        span,
        message,
        label: 'add `datasource db { provider = "postgresql" }`, on lines of its own',
      },
    },
  ]
}

function at({ file }: PlacedBlock, problems: readonly Problem[]): PlacedProblem[] {
  return problems.map((problem) => ({ file, problem }))
}
