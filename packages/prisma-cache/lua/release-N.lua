-- After ROLLBACK: releases the writer's fence. Versions stay as the fence left them.
--
-- KEYS: fence keys of one slot.   ARGV: writer.
-- Reply: how many fences were released.
-- @include fence
local now = nowMillis()
local released = 0
for _, key in ipairs(KEYS) do
  local fence = redis.call('GET', key)
  if fence then
    local others = liveFence(fence, now, ARGV[1])
    if others == '' then redis.call('DEL', key) else redis.call('SET', key, others, 'KEEPTTL') end
    released = released + 1
  end
end
return released
