import { parseArgs } from 'node:util'
import type { BenchCase } from './cases/bench-case.js'
import { CASES } from './cases/cases.js'

export interface BenchOptions {
  readonly only: string | undefined
  /** Fewer operations and rounds: to see that it runs, not what it measures. */
  readonly quick: boolean
  /** Compares with `floors.json`, and fails where a ratio fell. */
  readonly check: boolean
  /** Writes the table and the plot into docs/. */
  readonly write: boolean
}

export function parseBenchArguments(args: readonly string[]): BenchOptions {
  try {
    const { values } = parseArgs({
      args: args.filter((argument) => argument !== '--'),
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        check: { type: 'boolean', default: false },
        write: { type: 'boolean', default: false },
      },
    })
    if (values.write && (values.quick || values.only !== undefined)) {
      return fail('--write puts the whole table on the page, as it is measured in full: without --only and --quick')
    }
    return { ...values, only: values.only }
  } catch (error) {
    return fail((error as Error).message)
  }
}

/** By row (`P5`) or by a part of the name. */
export function chosenCases(only: string | undefined): readonly BenchCase[] {
  const chosen = CASES.filter(({ row, name }) => !only || row.split(', ').includes(only) || name.includes(only))
  if (chosen.length > 0) return chosen
  return fail(
    `no case is named like "${only}"; there are:\n${CASES.map(({ row, name }) => `  ${row}  ${name}`).join('\n')}`,
  )
}

function fail(why: string): never {
  console.error(`${why}\nusage: pnpm bench [--only P5|<part of a name>] [--quick] [--check] [--write]`)
  process.exit(2)
}
