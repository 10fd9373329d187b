import { createKeys } from '../../src/protocol/keys.js'
import { createShardWaits } from '../../src/queue/flusher-wait.js'

/** A Redis whose answers to the question for a shard's state are given by hand. */
function questions() {
  const asked: ((state: [open: number, sealed: number]) => void)[] = []
  let arrive = () => {}
  return {
    redis: {
      evalsha: () =>
        new Promise((resolve) => {
          asked.push(resolve)
          arrive()
        }),
    } as never,
    async next(): Promise<(state: [number, number]) => void> {
      while (asked.length === 0) {
        await new Promise<void>((resolve) => {
          arrive = resolve
        })
      }
      return asked.shift()!
    },
  }
}

it('is not satisfied by an answer that was asked for before the wait began', async () => {
  const { redis, next } = questions()
  const waits = createShardWaits({ redis, keys: createKeys('n'), urge: async () => {} })
  const first = waits.applied('M', 1, 5)
  const answer = await next()
  const second = waits.applied('M', 1, 9)
  answer([0, 0])
  expect(await first.done).toBe(true)
  const later = await next()
  later([9, 0])
  ;(await next())([0, 9])
  ;(await next())([10, 0])
  expect(await second.done).toBe(true)
})

it('urges when the wait begins, when somebody joins, and when a batch was dropped and something is left', async () => {
  const { redis, next } = questions()
  let urges = 0
  const waits = createShardWaits({ redis, keys: createKeys('n'), urge: async () => void urges++ })
  const { done } = waits.applied('M', 1, 5)
  ;(await next())([3, 0])
  ;(await next())([0, 3])
  expect(urges).toBe(1)
  ;(await next())([4, 0])
  const last = await next()
  expect(urges).toBe(2)
  last([0, 0])
  await done
})

it('lets one give up and the others wait on; closing ends all', async () => {
  const { redis, next } = questions()
  const waits = createShardWaits({ redis, keys: createKeys('n'), urge: async () => {} })
  const [first, second] = [waits.applied('M', 1, 5), waits.applied('M', 1, 5)]
  first.giveUp()
  expect(await first.done).toBe(false)
  ;(await next())([2, 0])
  waits.close()
  await expect(second.done).rejects.toThrow('disconnected')
})
