-- Begins a new epoch: nothing cached before is believed again, and no writer of the old one may put.
--
-- KEYS: epoch, quarantine.   ARGV: the epoch that the caller saw ('' for none), new epoch, quarantine in ms.
-- Reply: the epoch that stands. Only the first of several callers that saw the same one replaces it.
local standing = redis.call('GET', KEYS[1]) or ''
if standing ~= ARGV[1] then return standing end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
return ARGV[2]
