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
    ...cases.flatMap(({ row, name, unit, lanes, notes = [] }) => [
      `**${row}**, ${name} (${unit}): ${Object.entries(lanes)
        .map(([lane, value]) => `${lane} ${spreadText(value)}`)
        .join(', ')}.${notes.map((note) => ` ${note[0]!.toUpperCase()}${note.slice(1)}.`).join('')}`,
      '',
    ]),
    'What the peers were seen to answer otherwise than Postgres in this run:',
    '',
    ...(faults.length > 0 ? faults : ['nothing']).map((fault) => `- ${fault}`),
  ].join('\n')
}

const BEGIN = '<!-- measured: written by `pnpm bench --write` -->'
const END = '<!-- /measured -->'

/** @throws Error where the page has no place for it */
export function intoPage(page: string, part: string): string {
  const [from, to] = [page.indexOf(BEGIN), page.indexOf(END)]
  if (from < 0 || to < from) throw new Error(`the page has no part between ${BEGIN} and ${END}`)
  return `${page.slice(0, from)}${BEGIN}\n${part}\n${page.slice(to)}`
}
