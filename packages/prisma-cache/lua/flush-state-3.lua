-- How far a shard is applied.
--
-- KEYS: dirty, sealed, sequence.
-- Reply: { lowest #first among the open changes, lowest #first in the sealed batch, last sequence }; 0 for none.
local open = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local sealed = redis.call('HGET', KEYS[2], '#first')
return { tonumber(open[2] or 0), tonumber(sealed or 0), tonumber(redis.call('GET', KEYS[3]) or 0) }
