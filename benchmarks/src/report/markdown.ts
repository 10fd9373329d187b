import type { Curve } from '../cases/bench-case.js'
import type { Results } from './results.js'
import { spreadText } from './terminal.js'
import { targetText, verdict } from './verdict.js'

/** The part of docs/performance.md that a run writes. */
export function markdown({ machine, quick, rounds, cases, faults }: Results): string {
  const ratios = cases.flatMap((one) => one.ratios)
  const rows = ratios.map(
    (ratio) =>
      `| ${ratio.what} | ${ratio.target ? targetText(ratio.target) : '–'} | ${spreadText(ratio.value)} | ${verdict(ratio)} |`,
  )
  return [
    `${machine.join('; ')}. Medians of ${rounds} interleaved rounds${quick ? ' of a quick run' : ''}, lowest and highest in brackets.`,
    '',
    '| ratio | to reach | measured | |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    ...cases.flatMap(({ row, name, unit, lanes, curve, notes = [] }) => {
      const told = notes.map((note) => ` ${note[0]!.toUpperCase()}${note.slice(1)}.`).join('')
      if (curve) return [`**${row}**, ${name} (${unit}).${told}`, '', ...table(curve), '']
      const each = Object.entries(lanes).map(([lane, value]) => `${lane} ${spreadText(value)}`)
      return [`**${row}**, ${name} (${unit}): ${each.join(', ')}.${told}`, '']
    }),
    'What the peers were seen to answer otherwise than Postgres in this run:',
    '',
    ...(faults.length > 0 ? faults : ['nothing']).map((fault) => `- ${fault}`),
  ].join('\n')
}

function table({ along, at, series }: Curve): string[] {
  return [
    `| ${along} | ${at.join(' | ')} |`,
    `| --- |${' --- |'.repeat(at.length)}`,
    ...Object.entries(series).map(([name, spreads]) => `| ${name} | ${spreads.map(spreadText).join(' | ')} |`),
  ]
}

const BEGIN = '<!-- measured: written by `pnpm bench --write` -->'
const END = '<!-- /measured -->'

/** @throws Error where the page has no place for it */
export function intoPage(page: string, part: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`the page has no part between ${BEGIN} and ${END}`)
  return `${page.slice(0, from)}${BEGIN}\n${part}\n${page.slice(to)}`
}
