import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { curveOf } from '../report/curve.js'
import { machine } from '../report/machine.js'
import { setStage } from '../stage/set-stage.js'
import { growthOf } from './growth.js'
import { runSoak } from './run-soak.js'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    write: { type: 'boolean', default: false },
  },
})
const [minutes, seed] = [Number(values.minutes), Number(values.seed)]
if (!(minutes > 0) || !Number.isSafeInteger(seed)) {
  console.error('usage: pnpm soak [--minutes <a number over 0>] [--seed <whole number>] [--write]')
  process.exit(2)
}

const { stage, strike } = await setStage(2000)
console.log(`${machine(stage.servers.describe).join('\n')}\nseed ${seed}, ${minutes} minutes\n`)
const MB = 2 ** 20
const mb = (bytes: number) => `${(bytes / MB).toFixed(1)} MB`
const { samples, unequal } = await runSoak(stage, {
  seconds: minutes * 60,
  seed,
  samples: 60,
  width: 8,
  log: ({ seconds, operations, heap, rss, redis, keys }) =>
    console.log(
      `${seconds.toFixed(0).padStart(6)} s  ${operations} operations, heap ${mb(heap)}, rss ${mb(rss)}, Redis ${mb(redis)} in ${keys} keys`,
    ),
})
await strike()
const at = (place: string) => new URL(place, import.meta.url)
mkdirSync(at('../../results/'), { recursive: true })
writeFileSync(at('../../results/soak.json'), `${JSON.stringify(samples, null, 2)}\n`)
if (values.write) writeFileSync(at('../../../docs/soak.svg'), curveOf(samples))

const growth = growthOf(samples)
for (const { of, factor, flat } of growth) {
  console.log(`${of}: ${factor.toFixed(3)} times the second quarter in the last, ${flat ? 'flat' : 'GROWING'}`)
}
console.log(`${unequal.length} rows answered otherwise than by Postgres${unequal.map((row) => `\n  ${row}`).join('')}`)
if (unequal.length > 0 || growth.some(({ flat }) => !flat)) process.exitCode = 1
