-- Moves dirty rows of one shard out of the open set into a sealed batch, or hands out the batch that stands: a shard
-- has one sealed batch at most, and it keeps the name that it was sealed under.
--
-- KEYS: dirty, sealed, batch, then the open change of each candidate row.
-- ARGV: queue epoch, then the id of each candidate row, lowest #first first.
-- Reply: { 'found', <sealed hash> } a batch stands; { 'sealed', <sealed hash> } a new one; { 'nothing' };
--        { 'stale', epoch } the shard was sealed under a later epoch: the caller's is out of date, nothing was moved.
-- Invariant: names (epoch, number) of a shard only grow. A name that the ledger has passed would be dropped unapplied.
-- The number follows this server's clock where that is ahead, so that a lost counter does not repeat one either.
-- Both replies that hold a batch have written to Redis, so WAIT and WAITAOF after them cover the batch.
-- @include sealed-field
local time = redis.call('TIME')
local millis = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('HSET', KEYS[2], '#seen', millis)
  return { 'found', redis.call('HGETALL', KEYS[2]) }
end

local lastEpoch, lastNumber = string.match(redis.call('GET', KEYS[3]) or '', '^(%d+):(%d+)$')
if lastEpoch and tonumber(ARGV[1]) < tonumber(lastEpoch) then return { 'stale', lastEpoch } end

-- Numbers stay the digits that they are: cjson would round long ones.
local function sealedChange(hash)
  local meta, set, add = {}, {}, {}
  for i = 1, #hash, 2 do
    local mark, name = string.sub(hash[i], 1, 1), string.sub(hash[i], 2)
    if mark == '=' then set[name] = hash[i + 1]
    elseif mark == '+' then add[name] = hash[i + 1]
    else meta[name] = hash[i + 1] end
  end
  local json = '{"kind":"' .. meta.kind .. '","first":' .. meta.first .. ',"last":' .. meta.last .. ',"since":' .. meta.since
    .. ',"set":' .. cjson.encode(set) .. ',"add":' .. cjson.encode(add) .. '}'
  return json, meta
end

local oldestFirst, oldestSince
local taken = {}
for i = 4, #KEYS do
  local row = ARGV[i - 2]
  -- A row that is not dirty any more has no open change either.
  local hash = redis.call('HGETALL', KEYS[i])
  if #hash > 0 then
    local json, meta = sealedChange(hash)
    redis.call('HSET', KEYS[2], fieldOfRow(row), json)
    taken[#taken + 1] = KEYS[i]
    if not oldestFirst or tonumber(meta.first) < tonumber(oldestFirst) then oldestFirst = meta.first end
    if not oldestSince or tonumber(meta.since) < tonumber(oldestSince) then oldestSince = meta.since end
  end
end
if #ARGV > 1 then redis.call('ZREM', KEYS[1], unpack(ARGV, 2)) end
if not oldestFirst then return { 'nothing' } end
redis.call('DEL', unpack(taken))

local number = time[1] * 1000000 + time[2]
if lastNumber and tonumber(lastNumber) >= number then number = tonumber(lastNumber) + 1 end
number = string.format('%.0f', number)
redis.call('SET', KEYS[3], ARGV[1] .. ':' .. number)
redis.call('HSET', KEYS[2], '#epoch', ARGV[1], '#number', number, '#at', millis, '#first', oldestFirst, '#since', oldestSince, '#seen', millis)
return { 'sealed', redis.call('HGETALL', KEYS[2]) }
