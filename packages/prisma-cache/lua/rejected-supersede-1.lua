-- After a write past the queue: what was rejected of these rows is no longer the last that was asked for.
--
-- KEYS: rejected.   ARGV: row ids, all of the shard.
-- Reply: 1.
-- @include superseded
for _, row in ipairs(ARGV) do supersede(KEYS[1], row) end
return 1
