import { policies } from '../generated/registers/cache/index.js'
import type { Terms } from './check/check-register.js'

export const CLASSES = ['strong', 'session', 'eventual'] as const
export type ClassName = (typeof CLASSES)[number]

export interface RegisterModel {
  readonly name: string
  readonly terms: Terms
}

/** A push is noticed to be missing after 2 s; what the machine itself may take comes on top. */
const NEAR_BOUND_US = 2_000_000
/** Between the end of an answer's time and the call of a read lie timers, the loop and a loaded machine. */
const SLACK_US = 500_000

/** Every model of the registers' schema, with what its policy promises. */
export const REGISTER_MODELS: readonly RegisterModel[] = Object.entries(policies.models).map(([name, { policy }]) => {
  const near = policy.near.kind === 'on'
  const { consistency, ttl } = policy
  const ageUs = consistency === 'eventual' ? ttl * 1000 + SLACK_US : near ? NEAR_BOUND_US + SLACK_US : undefined
  return { name, terms: { consistency, near, ageUs } }
})

export const BUCKETS = 1
export const SLOTS = 2

/** One row of one model. Each generation has its own, so that a history is short and soon complete. */
export interface Register {
  readonly model: string
  readonly generation: number
  readonly bucket: number
  readonly slot: number
}

export const keyOf = (r: Register) => `${bucketKeyOf(r)}/${r.slot}`
export const bucketKeyOf = (r: Register) => `${r.model}/${r.generation}/${r.bucket}`
export const rowIdOf = (r: Register) => `${r.generation}-${r.bucket}-${r.slot}`
export const bucketOf = (r: Register) => `${r.generation}-${r.bucket}`
