-- The stock of a shard.
--
-- KEYS: dirty, sealed.
-- Reply: { rows with a change that is not applied, ms of the oldest sealed change (0: none), the row with the oldest
--        open change ('': none), ms now }. The age of that row stands in its open change, in the same slot.
-- @include sealed-field
-- @include stock
local count = stockOf(KEYS[1], KEYS[2])
local since = redis.call('HGET', KEYS[2], '#since')
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)
local time = redis.call('TIME')
return { count, tonumber(since or 0), oldest[1] or '', time[1] * 1000 + math.floor(time[2] / 1000) }
