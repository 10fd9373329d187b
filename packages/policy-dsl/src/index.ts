export type * from './policy/policy-set.js'
