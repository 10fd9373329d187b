import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { parseArgs } from 'node:util'
import { CASES } from './cases/cases.js'
import { type LaneResult, race } from './measure/race.js'
import { setStage } from './stage.js'
import { WRITE_BEHIND } from './write-behind/stories.js'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { only: { type: 'string' }, quick: { type: 'boolean', default: false } },
})
const chosen = CASES.filter((one) => !values.only || one.name.includes(values.only))
const stories = WRITE_BEHIND.filter((one) => !values.only || one.name.includes(values.only))
if (chosen.length + stories.length === 0) {
  const names = [...CASES, ...WRITE_BEHIND].map((one) => one.name)
  console.error(`no case is named like "${values.only}"; there are:\n  ${names.join('\n  ')}`)
  process.exit(2)
}

const stage = await setStage(values.quick ? 200 : 2000)
const results: { name: string; lanes: Record<string, LaneResult> }[] = []
console.log(`${os.cpus().length} × ${os.cpus()[0]?.model}, Node ${process.version}\n${stage.describe.join('\n')}`)
console.log('Microseconds an operation, median (low–high) of the rounds; ratios are of this run.\n')
for (const one of chosen) {
  const lanes = await one.lanes(stage.subjects)
  const result = await race(lanes, {
    rounds: values.quick ? 3 : 7,
    operations: (values.quick ? 300 : 2000) * (one.width > 1 ? 3 : 1),
    width: one.width,
  })
  results.push({ name: one.name, lanes: result })
  console.log(report(one.name, result))
}
await stage.strike()
const told: Record<string, Readonly<Record<string, number>>> = {}
for (const story of stories) {
  const { lines, figures } = await story.tell({ quick: values.quick })
  told[story.name] = figures
  console.log(`${story.name}\n  ${lines.join('\n  ')}\n`)
}
mkdirSync(new URL('../results/', import.meta.url), { recursive: true })
writeFileSync(new URL('../results/latest.json', import.meta.url), `${JSON.stringify(results, null, 2)}\n`)

function report(name: string, lanes: Record<string, LaneResult>): string {
  const [subject, ...others] = Object.entries(lanes) as [string, LaneResult][]
  const text = ([lane, r]: [string, LaneResult]) =>
    `${lane} ${r.median.toFixed(1)} (${r.low.toFixed(1)}–${r.high.toFixed(1)})`
  const ratios = others.map(([lane, r]) => `${(subject![1].median / r.median).toFixed(2)}× ${lane}`)
  return `${name}\n  ${[subject!, ...others].map(text).join('\n  ')}\n  ${subject![0]} takes ${ratios.join(', ')}\n`
}
