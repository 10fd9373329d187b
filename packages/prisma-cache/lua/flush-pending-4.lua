-- The stock of a shard, and what its flushes have done.
--
-- KEYS: dirty, sealed, rejected, flushed.
-- Reply: { rows with a change that is not applied, ms of the oldest sealed change (0: none), the row with the oldest
--        open change ('': none), ms now, rejected changes that are kept, rows applied and rows rejected so far, rows
--        flushed a second as text }. The age of that row stands in its open change, in the same slot.
-- @include sealed-field
-- @include stock
-- @include flush-rate
local count = stockOf(KEYS[1], KEYS[2])
local since = redis.call('HGET', KEYS[2], '#since')
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local done = redis.call('HMGET', KEYS[4], 'applied', 'rejected')
return {
  count, tonumber(since or 0), oldest[1] or '', now, redis.call('HLEN', KEYS[3]), tonumber(done[1] or 0),
  tonumber(done[2] or 0), string.format('%.3f', rateAt(KEYS[4], now)),
}
