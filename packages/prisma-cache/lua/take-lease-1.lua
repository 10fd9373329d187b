-- Marks a key as being loaded.
--
-- KEYS: entry, or a key of its own.   ARGV: mark, lease in ms, SHA-1 of what the caller saw there ('' for nothing).
-- Reply: 1 taken; 0 something stands there that the caller did not see: another's mark, or an answer by now.
-- Invariant: of all who saw the same, one takes the lease.
local standing = redis.call('GET', KEYS[1])
if standing and redis.sha1hex(standing) ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
