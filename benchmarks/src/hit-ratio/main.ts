import { parseArgs } from 'node:util'
import { measureHitRatios } from './hit-ratio.js'

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== '--'),
  options: { seed: { type: 'string', default: '1' }, operations: { type: 'string', default: '20000' } },
})
const results = await measureHitRatios(Number(values.seed), Number(values.operations))
console.log(`seed ${values.seed}, ${values.operations} operations, nine in ten of them reads\n`)
for (const { mode, reads, hits, ofOracle, stale } of results) {
  const ratio = ((100 * hits) / reads).toFixed(1)
  console.log(
    `${mode.padEnd(16)} ${hits} hits of ${reads} reads (${ratio} %), ${ofOracle.toFixed(3)} of the oracle’s, ${stale} stale`,
  )
}
