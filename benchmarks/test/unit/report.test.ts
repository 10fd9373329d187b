import type { CaseResult, Ratio } from '../../src/cases/bench-case.js'
import { ratioOf, spread } from '../../src/measure/spread.js'
import { barsOf } from '../../src/report/bars.js'
import { curvesOf } from '../../src/report/curves.js'
import { fallen } from '../../src/report/floors.js'
import { intoPage, markdown } from '../../src/report/markdown.js'
import type { Results } from '../../src/report/results.js'
import { caseText, figure, spreadText } from '../../src/report/terminal.js'

const ratio = (what: string, value: number, target?: Ratio['target']): Ratio => ({
  what,
  value: spread([value]),
  ...(target ? { target } : {}),
})

const timed: CaseResult = {
  unit: 'µs',
  lanes: { ours: spread([90, 100, 120]), 'theirs <1>': spread([400]) },
  ratios: [ratio('faster', 4, { atLeast: 5 }), ratio('dearer', 1.1, { atMost: 1.2 }), ratio('beside', 2)],
  notes: ['a note'],
}

const results: Results = {
  machine: ['2 × a processor', 'Node v20'],
  quick: false,
  rounds: 3,
  cases: [{ row: 'P0', name: 'a case', ...timed }],
  faults: [],
}

test('a ratio is taken round by round, so that what falls on a round falls on both sides', () => {
  expect(ratioOf([10, 200, 30], [5, 100, 10])).toEqual({ median: 2, low: 2, high: 3 })
})

test('figures have three digits that count, and a spread only where there is one', () => {
  expect([0.12345, 1.2, 99.96, 100.4, 123456].map(figure)).toEqual(['0.123', '1.2', '100', '100', '123456'])
  expect(spreadText(spread([3, 1, 2]))).toBe('2 (1–3)')
  expect(spreadText(spread([3, 3]))).toBe('3')
})

test('at the terminal: each lane, and each ratio with what it has to reach', () => {
  expect(caseText('P0', 'a case', timed)).toBe(
    [
      'P0  a case',
      '    ours        100 (90–120) µs',
      '    theirs <1>  400 µs',
      '  ✘ faster: 4, to reach ≥ 5',
      '  ✔ dearer: 1.1, to reach ≤ 1.2',
      '  · beside: 2',
      '    a note',
      '',
    ].join('\n'),
  )
})

test('on the page: what was there is replaced, and everything around it kept', () => {
  const page = 'before\n<!-- measured: written by `pnpm bench --write` -->\nold\n<!-- /measured -->\nafter\n'
  const written = intoPage(page, markdown(results))
  expect(written).toContain('| faster | ≥ 5 | 4 | missed |')
  expect(written).toContain('| beside | – | 2 | no target |')
  expect(written).toMatch(/^before\n/)
  expect(written).toMatch(/\nafter\n$/)
  expect(written).not.toContain('old')
  expect(intoPage(written, markdown(results))).toBe(written)
  expect(() => intoPage('no place', '')).toThrow('has no part between')
})

test('floors: what fell is named, what holds or did not run is not', () => {
  const floors = { faster: { atLeast: 4.5 }, dearer: { atMost: 1.2 }, elsewhere: { atLeast: 9 } }
  expect(fallen(floors, results)).toEqual(['faster: 4.00, and it has to be ≥ 4.5'])
})

test('the plot has a bar for each lane, and escapes their names', () => {
  const plot = barsOf(results)
  expect(plot.match(/<rect x="330"/g)).toHaveLength(2)
  expect(plot).toContain('theirs &lt;1>')
})

test('a case that asks how something grows has a line a series, a table, and no bars', () => {
  const curve = {
    along: 'at a time',
    at: [1, 8],
    series: { ours: [spread([10]), spread([2])], theirs: [spread([40]), spread([9])] },
  }
  const grown = {
    ...results,
    cases: [...results.cases, { row: 'scale', name: 'by width', unit: 'µs', lanes: {}, ratios: [], curve }],
  }
  expect(curvesOf(results)).toBeUndefined()
  expect(curvesOf(grown)!.match(/<polyline/g)).toHaveLength(2)
  expect(barsOf(grown)).toBe(barsOf(results))
  expect(markdown(grown)).toContain(
    '| at a time | 1 | 8 |\n| --- | --- | --- |\n| ours | 10 | 2 |\n| theirs | 40 | 9 |',
  )
  expect(caseText('scale', 'by width', grown.cases[1]!)).toBe(
    'scale  by width\n    ours    1: 10, 8: 2 µs, by at a time\n    theirs  1: 40, 8: 9 µs, by at a time\n',
  )
})
