-- After COMMIT: replaces versions and releases the writer's fence.
--
-- KEYS: version, fence, version, fence, … of one slot.   ARGV: writer, nonce, lifetime of a version in ms.
-- Reply: the new versions, in the order of the tags (for markers, also where a missing version stays missing).
-- @include next-version
-- @include fence
local now = nowMillis()
local versions = {}
for i = 1, #KEYS, 2 do
  local previous = redis.call('GET', KEYS[i])
  local version = nextVersion(previous, ARGV[2])
  if previous then redis.call('SET', KEYS[i], version, 'PX', ARGV[3]) end
  local fence = redis.call('GET', KEYS[i + 1])
  if fence then
    local others = liveFence(fence, now, ARGV[1])
    if others == '' then redis.call('DEL', KEYS[i + 1]) else redis.call('SET', KEYS[i + 1], others, 'KEEPTTL') end
  end
  versions[#versions + 1] = version
end
return versions
