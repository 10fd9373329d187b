import { outputBeside } from '@prisma-cache/policy-dsl'

interface GeneratorText {
  readonly name: string
  readonly output: string
  /** Say what an annotation looks like, where the schema shows none yet. */
  readonly withExample: boolean
}

/** Prose in a `//` comment: `@cache` in the middle of a line is no annotation. */
const example = [
  '// A policy stands directly above its model, on a line of its own:',
  '// `/// @cache.invalidate(ttl: 5m)`. `npx prisma-cache advise <Model>` helps to choose one.',
]

export function generatorText({ name, output, withExample }: GeneratorText): readonly string[] {
  return [
    ...(withExample ? example : []),
    `generator ${name} {`,
    '  provider = "prisma-cache-generator"',
    `  output   = "${output}"`,
    '}',
  ]
}

/** A folder beside the client's; `setting` is its `output` as the schema has it. */
export function outputFor(setting: string | undefined): string {
  const [, written] = /^"([^"\\]+)"$/.exec(setting ?? '') ?? []
  return written === undefined ? '../generated/cache' : outputBeside(written)
}
