-- What a shard's flushes have done: `applied` and `rejected` count rows, and `rate` is rows a second at the time `at` (ms),
-- an average that forgets: what is RATE_MS old weighs about a third.
local RATE_MS = 30000
local function rateAt(flushed, now)
  local known = redis.call('HMGET', flushed, 'rate', 'at')
  if not known[1] then return 0 end
  return tonumber(known[1]) * math.exp(math.min(0, tonumber(known[2]) - now) / RATE_MS)
end
local function countFlushed(flushed, now, rows, refused)
  local rate = rateAt(flushed, now) + rows * 1000 / RATE_MS
  redis.call('HSET', flushed, 'rate', string.format('%.6f', rate), 'at', string.format('%.0f', now))
  redis.call('HINCRBY', flushed, 'applied', rows - refused)
  redis.call('HINCRBY', flushed, 'rejected', refused)
end
