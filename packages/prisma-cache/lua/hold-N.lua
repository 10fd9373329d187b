-- Keeps all writes of some shards out of the queue while somebody writes, past the queue, rows that he cannot name before;
-- or lets go of them.
--
-- KEYS: hold of each shard, all of one slot.   ARGV: writer, lease in ms (0: lets go).
-- Reply: 1 if the writer held each of them until now, else 0.
-- A hold is the count of its beginnings and an item for each writer in flight: `7;writer:1700000000000;`.
-- Invariant: the count grows whenever a writer begins: a base that was read under a lower one may be older than what that
-- writer has made of the row, and no version of the row says so.
-- @include fence
local writer, lease = ARGV[1], tonumber(ARGV[2])
local now = nowMillis()
local unbroken = 1
for _, key in ipairs(KEYS) do
  local text = redis.call('GET', key) or ''
  local count = tonumber(string.match(text, '^(%d+);') or '0')
  local _, holders = liveFence(text, now, '')
  local others, left = liveFence(text, now, writer)
  if left == holders then unbroken = 0 end
  if lease > 0 then
    if left == holders then count = count + 1 end
    others = others .. writer .. ':' .. string.format('%.0f', now + lease) .. ';'
  end
  redis.call('SET', key, string.format('%.0f', count) .. ';' .. others)
end
return unbroken
