-- Forgets one rejected change.
--
-- KEYS: rejected.   ARGV: row id, the change as the caller has read it.
-- Reply: 1 when it is forgotten; 0 when another one stands there by now, or none.
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
