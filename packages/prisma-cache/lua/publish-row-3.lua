-- After COMMIT, for one row: replaces its version, releases the writer's fence, and puts the row if the writer was
-- alone on it from fence to publish.
--
-- KEYS: version, fence, entry.
-- ARGV: writer, version that the writer's fence made, nonce, lifetime of a version in ms, lifetime of the entry in ms,
--       text of the entry before the row's version, text after it,
--       position of the row's own version field in the entry's list (-1: it has none), its value.
-- Reply: { new version, 1 when the row was put else 0 }.
-- Invariant: a put row is the newest that Postgres has committed. Alone means: the version is still the one that our
-- fence made (nobody fenced or published since), our fence is still there, and nobody else's is (nobody was in flight
-- when we came). Two overlapping writers both fall back to dropping, since the order of their commits is unknown here.
-- A writer whom nobody fenced (outside the extension) shows where a reader has filled under our fence: if that row's
-- version field is past ours, ours is older and drops.
-- @include next-version
-- @include fence
local now = nowMillis()
local previous = redis.call('GET', KEYS[1])
local version = nextVersion(previous, ARGV[3])
local fence = redis.call('GET', KEYS[2]) or ''
local others, count = liveFence(fence, now, ARGV[1])
local _, all = liveFence(fence, now, '')

-- Digits of up to 64 bits, which a Lua number would round.
local function isPast(one, other)
  if #one < 16 and #other < 16 then return tonumber(one) > tonumber(other) end
  local negative = string.sub(one, 1, 1) == '-'
  if negative ~= (string.sub(other, 1, 1) == '-') then return not negative end
  if #one ~= #other then return (#one > #other) ~= negative end
  return (one > other) ~= negative and one ~= other
end

local function filledPast(start, position, value)
  local entry = position >= 0 and redis.call('GET', KEYS[3])
  if not entry or string.sub(entry, 1, #start) ~= start then return false end
  local read, row = pcall(cjson.decode, string.match(entry, '\n(.*)'))
  local standing = read and type(row) == 'table' and row[position + 1]
  if type(standing) == 'number' then standing = string.format('%.0f', standing) end
  return type(standing) == 'string' and isPast(standing, value)
end

local alone = previous == ARGV[2] and count == 0 and all == 1
  and not filledPast(ARGV[6] .. previous .. ',', tonumber(ARGV[8]), ARGV[9])
if others == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], others, 'KEEPTTL') end
redis.call('SET', KEYS[1], version, 'PX', ARGV[4])
if not alone then
  redis.call('DEL', KEYS[3])
  return { version, 0 }
end
redis.call('SET', KEYS[3], ARGV[6] .. version .. ARGV[7], 'PX', ARGV[5])
return { version, 1 }
