-- Replaces versions, so that every entry stamped with the old ones is dead.
--
-- KEYS: version keys of one slot.   ARGV: nonce, lifetime in ms.
-- Reply: the new versions, in the order of KEYS. A missing version stays missing (a miss needs no death), and the
-- version that it would have got is returned, for markers.
-- @include next-version
local versions = {}
for i, key in ipairs(KEYS) do
  local previous = redis.call('GET', key)
  local version = nextVersion(previous, ARGV[1])
  if previous then redis.call('SET', key, version, 'PX', ARGV[2]) end
  versions[i] = version
end
return versions
