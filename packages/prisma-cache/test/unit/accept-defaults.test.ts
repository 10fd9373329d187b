import { atOneInstant, libraryMakers } from '../../src/planner/client-defaults.js'

test.each<[string, () => string, RegExp]>([
  ['uuid(4)', () => libraryMakers.uuid(4), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['uuid(7)', () => libraryMakers.uuid(7), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ['cuid(1)', () => libraryMakers.cuid(1), /^c[0-9a-z]{24}$/],
  ['cuid(2)', () => libraryMakers.cuid(2), /^[a-z][0-9a-z]{23}$/],
  ['ulid()', () => libraryMakers.ulid(), /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/],
  ['nanoid()', () => libraryMakers.nanoid(), /^[\w-]{21}$/],
  ['nanoid(5)', () => libraryMakers.nanoid(5), /^[\w-]{5}$/],
])('%s has the form that Prisma gives it, and does not repeat', (_, make, form) => {
  expect(make()).toMatch(form)
  expect(make()).not.toBe(make())
})

test('the time stands still within one operation, and moves between two', () => {
  let ms = 0
  const clock = { ...libraryMakers, now: () => new Date(ms++) }
  const one = atOneInstant(clock)
  expect([one.now(), one.now(), atOneInstant(clock).now()].map(Number)).toEqual([0, 0, 1])
})
