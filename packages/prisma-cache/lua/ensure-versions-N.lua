-- Makes the versions that a reader is about to load under, where they are missing.
--
-- KEYS: version keys of one slot.   ARGV: nonce, lifetime in ms.
-- Reply: the versions, in the order of KEYS.
-- Invariant: a reader stamps its fill with versions that stood before its load.
-- @include next-version
local versions = {}
for i, key in ipairs(KEYS) do
  local version = redis.call('GET', key)
  if not version then
    version = nextVersion(false, ARGV[1])
    redis.call('SET', key, version, 'PX', ARGV[2])
  end
  versions[i] = version
end
return versions
