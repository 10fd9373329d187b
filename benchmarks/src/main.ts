import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { chosenCases, parseBenchArguments } from './arguments.js'
import { faultsOf } from './peers/faults.js'
import { barsOf } from './report/bars.js'
import { curvesOf } from './report/curves.js'
import { type Floors, fallen } from './report/floors.js'
import { machine } from './report/machine.js'
import { intoPage, markdown } from './report/markdown.js'
import type { Results } from './report/results.js'
import { caseText } from './report/terminal.js'
import { setStage } from './stage/set-stage.js'

const options = parseBenchArguments(process.argv.slice(2))
const cases = chosenCases(options.only)
const effort = { quick: options.quick, rounds: options.quick ? 3 : 7 }

const { stage, strike } = await setStage(options.quick ? 200 : 2000)
const lines = machine(stage.servers.describe)
console.log(`${lines.join('\n')}\n`)
const measured: Results['cases'][number][] = []
for (const one of cases) {
  const result = await one.measure(stage, effort)
  measured.push({ row: one.row, name: one.name, ...result })
  console.log(caseText(one.row, one.name, result))
}
const faults = await faultsOf(stage)
console.log(`Answered otherwise than by Postgres:\n${faults.map((fault) => `  ${fault}`).join('\n') || '  nothing'}\n`)
await strike()

const results: Results = { machine: lines, ...effort, cases: measured, faults }
const at = (place: string) => new URL(place, import.meta.url)
mkdirSync(at('../results/'), { recursive: true })
writeFileSync(at('../results/latest.json'), `${JSON.stringify(results, null, 2)}\n`)
writeFileSync(at('../results/latest.md'), `${markdown(results)}\n`)
if (options.write) {
  const page = at('../../docs/performance.md')
  writeFileSync(page, intoPage(readFileSync(page, 'utf8'), markdown(results)))
  writeFileSync(at('../../docs/performance.svg'), barsOf(results))
  const curves = curvesOf(results)
  if (curves) writeFileSync(at('../../docs/scale.svg'), curves)
}
if (options.check) {
  const down = fallen(JSON.parse(readFileSync(at('../floors.json'), 'utf8')) as Floors, results)
  console.log(down.length > 0 ? `fell below their floors:\n  ${down.join('\n  ')}` : 'every floor holds')
  if (down.length > 0) process.exitCode = 1
}
