-- Puts a queue epoch that was drawn from Postgres in the place of the one that the caller saw.
--
-- KEYS: queue epoch.   ARGV: the text that the caller saw ('' for none), the new text.
-- Reply: the text that stands. Of several callers that saw the same one the first replaces it, and all use its epoch.
local standing = redis.call('GET', KEYS[1]) or ''
if standing ~= ARGV[1] then return standing end
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
