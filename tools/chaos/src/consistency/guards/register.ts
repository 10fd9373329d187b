import { register } from 'node:module'
import { GUARDS } from './guards.js'

/** Loaded ahead of a client process, which then runs without the guard that CHAOS_WITHOUT names. */
const guard = GUARDS.find(({ name }) => name === process.env.CHAOS_WITHOUT)
if (!guard) throw new Error(`CHAOS_WITHOUT=${process.env.CHAOS_WITHOUT} names no guard`)
register('./hook.js', { parentURL: import.meta.url, data: guard.patches })
