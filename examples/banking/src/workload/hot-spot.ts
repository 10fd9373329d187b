import type { Prng } from './prng.js'

/** Who is called upon: most of the time one of a few customers. */
export interface HotSpot {
  readonly customers: number
  readonly hotCustomers: number
  /** Part of the calls that go to a hot customer, 0 to 1. */
  readonly hotShare: number
}

/** 90 % of the calls go to 100 customers, or to a tenth of a small bank. */
export const hotSpotOf = (customers: number): HotSpot => ({
  customers,
  hotCustomers: Math.min(100, Math.ceil(customers / 10)),
  hotShare: 0.9,
})

/** Customer numbers begin at 1, and the hot ones are the first. */
export function pickCustomer({ customers, hotCustomers, hotShare }: HotSpot, prng: Prng): number {
  const hot = prng.next() < hotShare
  return hot ? 1 + prng.below(hotCustomers) : 1 + hotCustomers + prng.below(customers - hotCustomers)
}

export function pickOtherCustomer(spot: HotSpot, not: number, prng: Prng): number {
  for (;;) {
    const other = pickCustomer(spot, prng)
    if (other !== not) return other
  }
}
