-- After COMMIT: lets go of rows of a sealed batch. What was pending of them becomes what Postgres has, with the open
-- change on top where there is one.
--
-- KEYS: sealed, rejected, flushed, then of each row: pending row, open change, version, fence, row entry. All of one slot.
-- ARGV: queue epoch and number of the batch, nonce, lifetime of a version in ms, lifetime of an entry in ms,
--       wide version and epoch of the cache as read before the transaction, text of an entry before the row's version
--       ('' when nothing may be put), JSON list of the field names; then of each row: its id,
--       its version as read before the transaction, text of the entry after the version ('' for no entry), JSON list
--       of its field texts ('' when Postgres has no such row), JSON of the rejected change ('' when it was applied).
-- Reply: how many rows this call has dropped; -1 when the sealed batch is another one or none: nothing was changed.
-- `flushed` counts the rows that were applied and rejected, and the rate of both; see include/flush-rate.lua.
-- A rejected change is kept with the version that its row has then; when a later change of the row is applied, it is
-- marked as superseded.
-- Invariants: a row is dropped once, however often the call is made. A row is put, and a pending row called up to date,
-- only if nobody wrote it past the queue since its version was read: the returned values are older than such a write.
-- @include next-version
-- @include fence
-- @include sealed-field
-- @include superseded
-- @include flush-rate
local sealed, rejected = KEYS[1], KEYS[2]
local name = redis.call('HMGET', sealed, '#epoch', '#number')
if name[1] ~= ARGV[1] or name[2] ~= ARGV[2] then return -1 end
local nonce, versionLife, entryLife, wide, cacheEpoch, before = ARGV[3], ARGV[4], ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local names = cjson.decode(ARGV[9])
local now = nowMillis()

local function setFields(key, texts)
  local flat = {}
  for i, field in ipairs(names) do
    flat[#flat + 1] = '=' .. field
    flat[#flat + 1] = texts[i]
  end
  redis.call('HSET', key, unpack(flat))
end

-- The pending row of a row with an open change: Postgres' values and that change over them.
local function rebase(pending, open, texts, version)
  local change, kind, since = redis.call('HGETALL', open), 'U', '0'
  for i = 1, #change, 2 do
    if change[i] == '#kind' then kind = change[i + 1] elseif change[i] == '#since' then since = change[i + 1] end
  end
  local sequence = redis.call('HGET', pending, '#seq') or '0'
  local base = texts ~= ''
  -- A row that is created, replaced or deleted keeps nothing of what stands in Postgres. An update without a base has
  -- nothing to change: it will be rejected in its turn, and until then there is no row.
  if base or kind ~= 'U' then redis.call('DEL', pending) end
  if base and kind == 'U' then setFields(pending, cjson.decode(texts)) end
  if base and kind == 'U' or kind == 'C' or kind == 'R' then
    for i = 1, #change, 2 do
      local mark, field = string.sub(change[i], 1, 1), '=' .. string.sub(change[i], 2)
      if mark == '=' then
        redis.call('HSET', pending, field, change[i + 1])
      elseif mark == '+' and (redis.call('HGET', pending, field) or '') ~= '' then
        redis.pcall('HINCRBY', pending, field, change[i + 1]) -- past 64 bits Postgres will refuse it; nothing to show here
      end
    end
  end
  local alive = kind ~= 'D' and (base or kind ~= 'U')
  redis.call('HSET', pending, '#alive', alive and '1' or '0', '#seq', sequence, '#since', since, '#v', version, '#w', wide, '#e', cacheEpoch)
end

-- What can be asked of all rows at once is: a script's calls are most of what a flush costs Redis.
local rows, fields, versionKeys, fences = {}, {}, {}, {}
local argument = 10
for i = 4, #KEYS, 5 do
  local row = ARGV[argument]
  rows[#rows + 1] = { at = i, argument = argument }
  fields[#fields + 1] = fieldOfRow(row)
  versionKeys[#versionKeys + 1] = KEYS[i + 2]
  fences[#fences + 1] = KEYS[i + 3]
  argument = argument + 5
end
if #rows == 0 then return 0 end
local inBatch = redis.call('HMGET', sealed, unpack(fields))
local versions = redis.call('MGET', unpack(versionKeys))
local writing = redis.call('MGET', unpack(fences))
local micros = versionTime()

local anyRejected = redis.call('EXISTS', rejected) == 1
local dropped, refused, gone = 0, 0, {}
for i, one in ipairs(rows) do
  local pending, open, versionKey, _, entry = unpack(KEYS, one.at, one.at + 4)
  local row, known, after, texts, refusal = unpack(ARGV, one.argument, one.argument + 4)
  if inBatch[i] then
    dropped = dropped + 1
    local previous = versions[i]
    local fresh = previous and (previous == known or previous == redis.call('HGET', pending, '#v'))
    local version = versionAfter(previous, micros, nonce)
    redis.call('SET', versionKey, version, 'PX', versionLife)
    if redis.call('EXISTS', open) == 1 then
      gone[#gone + 1] = entry
      rebase(pending, open, texts, fresh and version or known)
    else
      gone[#gone + 1] = pending
      local _, writers = liveFence(writing[i], now, '')
      if fresh and writers == 0 and after ~= '' and before ~= '' then
        redis.call('SET', entry, before .. version .. after, 'PX', entryLife)
      else
        gone[#gone + 1] = entry
      end
    end
    if refusal ~= '' then
      refused = refused + 1
      redis.call('HSET', rejected, row, string.sub(refusal, 1, -2) .. ',"version":"' .. version .. '"}')
    elseif anyRejected then
      supersede(rejected, row)
    end
  end
end
redis.call('HDEL', sealed, unpack(fields))
if #gone > 0 then redis.call('DEL', unpack(gone)) end
if dropped > 0 then countFlushed(KEYS[3], now, dropped, refused) end

local left = false
for _, field in ipairs(redis.call('HKEYS', sealed)) do
  if rowOfField(field) then left = true break end
end
if not left then redis.call('DEL', sealed) end
return dropped
