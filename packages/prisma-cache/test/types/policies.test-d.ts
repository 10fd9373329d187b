// The TypeScript twin knows the models and fields of the generated policies. Compiled, never run.
import {
  cache,
  definePolicies,
  invalidate,
  none,
  type PolicyDraft,
  parsePolicySet,
  prismaCache,
  writeAround,
  writeBehind,
  writeThrough,
} from 'prisma-cache'
import { policies } from '../prisma/generated/cache/index.js'

// Good use infers, with every argument.
const set = definePolicies(policies, {
  User: writeThrough({
    ttl: '1h',
    consistency: 'session',
    read: 'refreshAhead(0.8)',
    near: { max: 100, ttl: '5s' },
    negativeTtl: '2s',
    narrowBy: ['name', 'id'],
    dependsOn: ['Post', 'Account'],
    onCacheDown: 'reject',
    omit: ['name'],
    scope: [],
  }),
  Account: invalidate({ ttl: 'auto', narrowBy: 'auto', read: 'staleWhileRevalidate(30s)', version: 'version' }),
  Post: writeAround({ near: 'on', version: 'views' }),
  Counter: writeBehind({
    flushEvery: '50ms',
    maxBatch: 10,
    durability: 'replicated(2)',
    maxPending: 5,
    onFull: 'block',
    creates: 'writeThrough',
    increments: 'absolute',
  }),
  Team: none({ omit: ['name'] }),
})
prismaCache({ policies: set, redis: 'redis://127.0.0.1:6379' })
set.models.User.policy.strategy satisfies string
// The outcome knows its names too, so that a second environment can build on it.
definePolicies(set, { User: none({ omit: ['name'] }) })

// A draft may be made apart, for a model that is not known yet; it fits wherever its names exist.
const short = invalidate({ ttl: '5s' })
const byName = invalidate({ narrowBy: ['name'] })
definePolicies(policies, { User: byName, Team: byName, Post: short })
// @ts-expect-error a post has no name
definePolicies(policies, { Post: byName })

// @ts-expect-error no such model
definePolicies(policies, { Usr: none() })
// @ts-expect-error no such model
definePolicies(policies, { User: invalidate({ dependsOn: ['Pots'] }) })
// @ts-expect-error no such field
definePolicies(policies, { User: invalidate({ narrowBy: ['nam'] }) })
// @ts-expect-error a relation is no column
definePolicies(policies, { User: invalidate({ narrowBy: ['posts'] }) })
// @ts-expect-error no such field
definePolicies(policies, { User: writeThrough({ omit: ['hash'] }) })
// @ts-expect-error no such field
definePolicies(policies, { User: writeThrough({ scope: ['tenant'] }) })
// @ts-expect-error no such field
definePolicies(policies, { User: writeThrough({ version: 'rev' }) })
// @ts-expect-error no such field
definePolicies(policies, { User: none({ omit: ['hash'] }) })
// @ts-expect-error no such field of the outcome
definePolicies(set, { User: none({ omit: ['hash'] }) })
// @ts-expect-error no such argument
writeThrough({ tll: '1h' })
// @ts-expect-error no argument of this strategy
writeThrough({ flushEvery: '1s' })
// @ts-expect-error none takes no argument
none({ ttl: '1h' })
// @ts-expect-error a bare number is no duration
invalidate({ ttl: 300 })
// @ts-expect-error no such unit
invalidate({ ttl: '5min' })
// @ts-expect-error no such unit
invalidate({ near: { ttl: '5sec' } })
// @ts-expect-error no duration
invalidate({ read: 'staleWhileRevalidate(30)' })
// @ts-expect-error no whole number
invalidate({ ttl: '1.5h' })
// @ts-expect-error a time before
invalidate({ ttl: '-5m' })
// @ts-expect-error a time before
invalidate({ ttl: '1 h' })
// @ts-expect-error written as no duration is
writeThrough({ ttl: '1e3s' })
// @ts-expect-error no whole number, beside one that is
writeAround({ ttl: '5m', negativeTtl: '0.5s' })
// @ts-expect-error no whole number
invalidate({ near: { ttl: '1.5s' } })
// @ts-expect-error no whole number
writeBehind({ flushEvery: '0.25s' })
// @ts-expect-error no whole number
invalidate({ read: 'staleWhileRevalidate(1.5h)' })
// @ts-expect-error a part of less than nothing
invalidate({ read: 'refreshAhead(-0.8)' })
// What is only known when it runs is checked when it runs.
const seconds: number = 5
invalidate({ ttl: `${seconds}s`, negativeTtl: '1s', near: { ttl: `${seconds}m` } })
cache({ ttl: `${seconds}s`, read: 'refreshAhead(0.5)' })
cache({ ttl: '5m', consistency: 'strong' })
// @ts-expect-error no whole number
cache({ ttl: '1.5h' })
// @ts-expect-error a time before
cache({ ttl: '-5m' })
// @ts-expect-error no whole number
cache({ read: 'staleWhileRevalidate(1.5h)' })
// @ts-expect-error a name is no count of versions
definePolicies(policies, { User: writeThrough({ version: 'name' }) })
// @ts-expect-error not of a model without strategy either
definePolicies(policies, { User: none({ version: 'name' }) })
// @ts-expect-error no such way to read
invalidate({ read: 'refreshahead(0.8)' })
// @ts-expect-error an accepted write cannot bypass the cache
writeBehind({ onCacheDown: 'bypass' })
// @ts-expect-error an answer before Postgres has the write cannot be strong
writeBehind({ consistency: 'strong' })
// @ts-expect-error of everything, not of a model's names
definePolicies(policies, { User: {} as PolicyDraft })

// @ts-expect-error a copy in the process is no strong read's
writeThrough({ consistency: 'strong', near: 'on' })
// @ts-expect-error nor with a bound
invalidate({ near: { max: 5, ttl: '5s' }, consistency: 'strong' })
writeThrough({ consistency: 'strong', near: 'off' })
writeThrough({ consistency: 'session', near: { ttl: '5s' } })
const either = 'strong' as 'strong' | 'session'
writeThrough({ consistency: either, near: 'on' })
definePolicies(policies, { User: none({ scope: ['email'] }) })
// @ts-expect-error a user without a name would be nobody's
definePolicies(policies, { User: none({ scope: ['name'] }) })
// @ts-expect-error a post without an author would be nobody's
definePolicies(policies, { Post: writeThrough({ scope: ['authorId'] }) })
// @ts-expect-error a time has many spellings
definePolicies(policies, { Post: none({ scope: ['createdAt'] }) })

// A model may have the name of what every object has; it is given no policy by leaving it out.
const odd = { ...policies, models: { ...policies.models, constructor: policies.models.User } } as const
definePolicies(odd, { User: none() })
definePolicies(odd, { constructor: none() })

// Any set that was checked: names are not known, so none is refused here but when it runs.
definePolicies(parsePolicySet({}), { Anything: invalidate({ narrowBy: ['anything'], version: 'anything' }) })
