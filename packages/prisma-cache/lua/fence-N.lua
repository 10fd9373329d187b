-- Marks tags as in flight with one writer, before its statement, and replaces their versions.
--
-- KEYS: version, fence, version, fence, … of one slot.   ARGV: writer, lease in ms, nonce, lifetime of a version in ms.
-- Reply: the new versions, in the order of the tags; then those that stood before, '' where there was none.
-- Invariant: until the writer publishes, releases or its lease ends, no strong read is answered under these tags; a
-- version is made even where there was none, for the writer to recognise it at publish.
-- @include next-version
-- @include fence
local now = nowMillis()
local versions, stood = {}, {}
for i = 1, #KEYS, 2 do
  local previous = redis.call('GET', KEYS[i])
  local version = nextVersion(previous, ARGV[3])
  redis.call('SET', KEYS[i], version, 'PX', ARGV[4])
  local others = liveFence(redis.call('GET', KEYS[i + 1]), now, ARGV[1])
  redis.call('SET', KEYS[i + 1], others .. ARGV[1] .. ':' .. (now + tonumber(ARGV[2])) .. ';', 'PX', ARGV[2])
  versions[#versions + 1] = version
  stood[#stood + 1] = previous or ''
end
for _, previous in ipairs(stood) do versions[#versions + 1] = previous end
return versions
