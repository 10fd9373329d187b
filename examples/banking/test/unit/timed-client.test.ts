import type { BankClient } from '../../src/db/bank-client.js'
import { createLatencyRecorder } from '../../src/measure/latency.js'
import { timedClient } from '../../src/measure/timed-client.js'

const fake = {
  account: {
    findUnique: async () => ({ id: 'a' }),
    update: async () => {
      throw new Error('refused')
    },
  },
  $transaction: async (work: (tx: unknown) => Promise<unknown>) => work(fake),
} as unknown as BankClient

describe('the timed client', () => {
  test('times reads and writes of a model apart, failures included', async () => {
    const recorder = createLatencyRecorder()
    const client = timedClient(fake, recorder)
    await expect(client.account.findUnique({ where: { id: 'a' } })).resolves.toEqual({ id: 'a' })
    await expect(client.account.update({ where: { id: 'a' }, data: {} })).rejects.toThrow('refused')
    const summary = recorder.summarize()
    expect(summary).toMatchObject({ 'Account read': { count: 1 }, 'Account write': { count: 1 } })
    expect(summary['Account read']!.p99).toBeGreaterThan(0)
  })

  test('times a transaction as one, and not what is inside it', async () => {
    const recorder = createLatencyRecorder()
    await timedClient(fake, recorder).$transaction((tx) => tx.account.findUnique({ where: { id: 'a' } }))
    expect(Object.keys(recorder.summarize())).toEqual(['transaction'])
  })

  test('forgets on reset', () => {
    const recorder = createLatencyRecorder()
    recorder.record('x', 1)
    recorder.reset()
    expect(recorder.summarize()).toEqual({})
  })
})
