import type { ClassName } from '../models.js'

export interface Patch {
  /** Below `dist` of prisma-cache. */
  readonly file: string
  /** Stands there once. */
  readonly find: string
  readonly replace: string
}

/** A guard of the product, how to take it out of the built files, and where its absence can show. */
export interface Guard {
  readonly name: string
  /** What the product then does. */
  readonly without: string
  readonly patches: readonly Patch[]
  readonly classes: readonly ClassName[]
  /** Parts of the names of the faults under which it shows. */
  readonly faults: readonly string[]
  /** Operations after which its absence is found, at most. */
  readonly within: number
  /** Milliseconds that new rows are taken for; they live for two. Short where nothing has to last, to know sooner. */
  readonly generationMs?: number
  /** Longer, where what it guards must fit in before a fence is renewed. */
  readonly leaseMs?: number
  /** Models in which it shows. Left out: all of the classes. */
  readonly models?: readonly string[]
}

const DELAYS = ['delayed']
const NEAR_MODELS = ['SessionNear', 'SessionNearInvalidate']
const HORIZON: Patch = {
  file: 'strategy/near-horizon.js',
  find: 'isOpen(session, models, consistency) {',
  replace: 'isOpen(session, models, consistency) { return true',
}

export const GUARDS: readonly Guard[] = [
  {
    name: 'fence',
    without: 'a strong write fences nothing',
    classes: ['strong'],
    faults: DELAYS,
    within: 20_000,
    patches: [
      {
        file: 'strategy/write-database-first.js',
        find: 'export async function fenceBefore(link, writer, plan) {',
        replace: 'export async function fenceBefore(link, writer, plan) { return',
      },
    ],
  },
  {
    name: 'alone',
    without: 'a writer puts its row though another one was on it',
    classes: ['strong'],
    models: ['StrongThrough'],
    faults: DELAYS,
    within: 20_000,
    patches: [
      {
        file: 'protocol/commands.generated.js',
        find: 'local alone = previous ==',
        replace: 'local alone = true or previous ==',
      },
    ],
  },
  {
    name: 'stamp-before-load',
    without: 'a fill is stamped with versions that were read after its load',
    classes: ['strong', 'session'],
    faults: DELAYS,
    within: 20_000,
    patches: [
      {
        file: 'strategy/keep-answer.js',
        find: 'const filled = await fill(link, { entry: plan.entry, stamps,',
        replace: `const { lookup } = await import('../store/lookup.js')
          const later = await lookup(link, { entry: plan.entry, tags: plan.tags, fences: false })
          const filled = await fill(link, { entry: plan.entry, stamps: later.stamps ?? stamps,`,
      },
    ],
  },
  {
    name: 'quarantine',
    without: 'a new epoch does not wait for fences that were lost',
    classes: ['strong'],
    faults: ['under writers'],
    generationMs: 12_000,
    leaseMs: 6000,
    within: 50_000,
    patches: [
      {
        file: 'store/epoch.js',
        find: 'identity}`, quarantineMs]',
        replace: 'identity}`, 1]',
      },
    ],
  },
  {
    name: 'epoch',
    without: 'a server that took over is believed like the one before',
    classes: ['strong', 'session'],
    faults: ['failover'],
    generationMs: 6000,
    within: 50_000,
    patches: [
      {
        file: 'store/epoch.js',
        find: "if (standing !== '' && standing.slice(standing.indexOf('@') + 1) === identity)",
        replace: "if (standing !== '')",
      },
    ],
  },
  {
    name: 'publish-after-commit',
    without: 'a write is published before its statement',
    classes: ['strong', 'session'],
    faults: DELAYS,
    within: 20_000,
    patches: [
      {
        file: 'strategy/write-database-first.js',
        find: 'written = await runPlanned(plan, run);',
        replace: 'await writer.publish(plan.worst, [], session); written = await runPlanned(plan, run);',
      },
      {
        file: 'strategy/write-database-first.js',
        find: 'await writer.publish(done.after(result), puts, session);',
        replace: '',
      },
    ],
  },
  {
    name: 'renewal',
    without: 'a fence is not renewed while its writer is on its way',
    classes: ['strong'],
    faults: ['past their lease'],
    generationMs: 12_000,
    within: 50_000,
    patches: [
      {
        file: 'strategy/writer.js',
        find: 'function renewLater() {',
        replace: 'function renewLater() { return',
      },
    ],
  },
  {
    name: 'owed',
    without: 'a publication that failed is forgotten',
    classes: ['session'],
    faults: ['cut off', 'held', 'frozen'],
    within: 50_000,
    patches: [{ file: 'store/unpublished.js', find: 'add(tags) {', replace: 'add(tags) { return' }],
  },
  {
    name: 'ping',
    without:
      'a copy in the process is served though nobody knows whether pushes still come, on a line that says nothing',
    // Of `eventual` nothing shows: a copy is gone after its ttl in any case.
    classes: ['session'],
    models: NEAR_MODELS,
    faults: ['at rest'],
    generationMs: 12_000,
    within: 50_000,
    patches: [
      {
        file: 'store/near/push.js',
        find: 'isSure: () => now() - backSentAt < TRUST_MS',
        replace: 'isSure: () => true',
      },
      // Alone it is not missed: a connection on which no ping comes back is given up, and the copies with it; and sessions that
      // saw anything elsewhere are served none until one does (`horizon`).
      {
        file: 'store/near/push.js',
        find: 'if (underway !== undefined && now() - underway > TRUST_MS)',
        replace: 'if (false)',
      },
    ],
  },
  {
    name: 'horizon',
    without: 'a session that saw something elsewhere is served older copies',
    classes: ['session'],
    models: NEAR_MODELS,
    faults: ['pushes held'],
    within: 20_000,
    patches: [HORIZON],
  },
  {
    name: 'markers',
    without: 'nor are the versions compared of what it wrote in another process',
    classes: ['session'],
    models: NEAR_MODELS,
    faults: ['pushes held'],
    within: 20_000,
    // Alone it is not missed: what a marker names is in Redis by then, and copies wait for a ping.
    patches: [
      HORIZON,
      {
        file: 'strategy/causal-session.js',
        find: 'isCoveredBy(tags, found) {',
        replace: 'isCoveredBy(tags, found) { return true',
      },
    ],
  },
  {
    name: 'position',
    without: 'a replica answers, and its answer is kept, wherever it is',
    classes: ['session'],
    faults: ['replica of Postgres paused', 'replica of Postgres delayed'],
    within: 20_000,
    patches: [
      {
        file: 'strategy/replica-reads.js',
        find: 'async function needs(read, stamps) {',
        replace: "async function needs(read, stamps) { return { serve: '0'.repeat(24), keep: '0'.repeat(24) };",
      },
    ],
  },
]
