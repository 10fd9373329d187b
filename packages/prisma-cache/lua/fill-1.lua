-- Stores an answer under the versions that stood before its load.
--
-- KEYS: entry.   ARGV: stamps (first line of the entry), rest of the entry, lifetime in ms.
-- Reply: 1 stored; -1 conflict: an entry of the same stamps holds another value, so something changed that nobody
-- published; the entry is dropped and the caller replaces the versions.
local old = redis.call('GET', KEYS[1])
local entry = ARGV[1] .. '\n' .. ARGV[2]
if old and old ~= entry and string.sub(old, 1, #ARGV[1] + 1) == ARGV[1] .. '\n' then
  redis.call('DEL', KEYS[1])
  return -1
end
redis.call('SET', KEYS[1], entry, 'PX', ARGV[3])
return 1
