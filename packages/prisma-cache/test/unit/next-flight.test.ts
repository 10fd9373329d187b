import { createNextFlight } from '../../src/strategy/next-flight.js'

/** Loads that are ended by hand, in the order in which they were begun. */
function loads() {
  const begun: ((value: number | Error) => void)[] = []
  return {
    begun,
    load: () =>
      new Promise<number>((resolve, reject) => {
        begun.push((value) => (value instanceof Error ? reject(value) : resolve(value)))
      }),
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('a caller that comes while a load runs gets the one after it, with all that came meanwhile', async () => {
  const flights = createNextFlight()
  const { begun, load } = loads()
  const first = flights.run('k', load)
  const second = flights.run('k', load)
  const third = flights.run('k', load)
  const other = flights.run('other', load)
  expect(begun).toHaveLength(2)
  begun[1]!(9)
  expect(await other).toEqual({ loaded: 9, first: true })
  begun[0]!(1)
  expect(await first).toEqual({ loaded: 1, first: true })
  await settle()
  expect(begun).toHaveLength(3)
  const fourth = flights.run('k', load)
  begun[2]!(2)
  expect(await second).toEqual({ loaded: 2, first: true })
  expect(await third).toEqual({ loaded: 2, first: false })
  await settle()
  begun[3]!(3)
  expect(await fourth).toEqual({ loaded: 3, first: true })
})

test('a load that fails fails its own callers, and the next one runs', async () => {
  const flights = createNextFlight()
  const { begun, load } = loads()
  const first = flights.run('k', load)
  const second = flights.run('k', load)
  begun[0]!(new Error('refused'))
  await expect(first).rejects.toThrow('refused')
  await settle()
  begun[1]!(2)
  expect(await second).toEqual({ loaded: 2, first: true })
  await settle()
  const third = flights.run('k', load)
  expect(begun).toHaveLength(3)
  begun[2]!(3)
  expect((await third).loaded).toBe(3)
})
