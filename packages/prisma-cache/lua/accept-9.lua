-- Accepts one write behind: folds it into the row's open change and its pending row, under the shard's next sequence.
-- The formats are those of src/queue/change.ts.
--
-- KEYS: row version, pending row, open change, shard's sequence, shard's dirty set, shard's sealed batch, rejected,
--       fence of the row, hold of the shard.
-- ARGV: operation (create, update, upsert, delete, or replace: create whether there is a row or not), row, lifetime of a
--       version in ms, nonce,
--       base (none, row, absent, or new: no row bears this key), #v, #w, #e of the base (#v is not used for new),
--       rows with a change that is not applied which the shard may hold (0: any number), the rejected change that is
--       accepted once more as `rejected` holds it ('': none), count of the hold as it was before the base was read ('': not
--       compared),
--       then six lists, each a count and as many groups:
--       base (field, text), create (field, text), set (field, text), add (field, delta, lowest, highest; '' for the
--       range of 64 bits), compute (field, one of + * /, operand, lowest, highest; only + where the range is of 64
--       bits), push (field, items as the inside of a JSON list).
-- Reply: { sequence, 1 if no other row of the shard was dirty, 1 if the sealed batch holds the row,
--          fields of the pending row (of a delete: as they were before), about how many rows of the shard have a change
--          that is not applied, never less than there are };
--        { -1, count } a base is needed, to be read after this; { -2, count } the base was read under another version, or
--        before somebody began to write rows that he did not name: read again; { -3, sequence } the row
--        was written past the queue: flush up to the sequence first; { -4 } create: the row exists; { -5 } update or
--        delete: it does not; { -6 } an integer would leave its column's range; { -7, sequence } the shard is full, and
--        has room again when what is pending up to the sequence is applied; { -8 } the rejected change is another one
--        or none; { -9 } something newer is pending on its row; { -10 } somebody is writing the row past the queue: what is
--        accepted meanwhile would rest on what stood before, and be applied over it. The count is that of the hold.
-- Invariant: a refusal changes nothing. The pending row is its base plus every change that is sealed or open, and
-- where the open change sets a field, both hold the same text. A row that has a pending one adds nothing to the stock, and
-- is never refused for it. The row's version is written or its life renewed each time, which Redis tells to those who
-- follow its key: their copies of the row are older than what is pending.
-- @include next-version
-- @include fence
-- @include sealed-field
-- @include stock
local operation, row, base, bound, claim = ARGV[1], ARGV[2], ARGV[5], tonumber(ARGV[9]), ARGV[10]
local at = 12
local function list(width)
  local first = at + 1
  at = first + tonumber(ARGV[at]) * width
  return first, at - 1
end

local fenced = redis.call('GET', KEYS[8])
if fenced then
  local _, writers = liveFence(fenced, nowMillis(), '')
  if writers > 0 then return { -10 } end
end
local held = redis.call('GET', KEYS[9])
local count = '0'
if held then
  local _, holders = liveFence(held, nowMillis(), '')
  if holders > 0 then return { -10 } end
  count = string.match(held, '^(%d+);')
end
local version = redis.call('GET', KEYS[1])
local standing = redis.call('HMGET', KEYS[2], '#v', '#alive', '#seq')
local fresh = not standing[1]
local alive = standing[2] == '1'
if claim ~= '' then
  if redis.call('HGET', KEYS[7], row) ~= claim then return { -8 } end
  if not fresh then return { -9 } end
end
if fresh and bound > 0 and stockOf(KEYS[5], KEYS[6], bound) >= bound then
  local open = redis.call('ZRANGE', KEYS[5], 0, 0, 'WITHSCORES')[2]
  local inBatch = redis.call('HGET', KEYS[6], '#first')
  return { -7, math.min(tonumber(open or inBatch), tonumber(inBatch or open)) }
end
if fresh then
  if base == 'none' then return { -1, count } end
  if base ~= 'new' and (version ~= ARGV[6] or (ARGV[11] ~= '' and count ~= ARGV[11])) then return { -2, count } end
  alive = base == 'row'
elseif standing[1] ~= version then
  return { -3, tonumber(standing[3]) }
end
local branch = operation
if operation == 'upsert' then branch = alive and 'update' or 'create' end
if operation == 'replace' then branch = 'create' end
if branch == 'create' and alive and operation ~= 'replace' then return { -4 } end
if branch ~= 'create' and not alive then return { -5 } end
local kind = redis.call('HGET', KEYS[3], '#kind')
-- An update whose row was deleted past the queue is still to be rejected: the create must not swallow it.
if branch == 'create' and kind == 'U' then return { -3, tonumber(standing[3]) } end

if not version then
  version = nextVersion(false, ARGV[4])
  redis.call('SET', KEYS[1], version)
end
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))

local first, last = list(2)
if fresh then
  redis.call('HSET', KEYS[2], '#alive', alive and '1' or '0', '#since', now, '#v', version, '#w', ARGV[7], '#e', ARGV[8])
  for i = first, last, 2 do redis.call('HSET', KEYS[2], '=' .. ARGV[i], ARGV[i + 1]) end
end
local createFirst, createLast = list(2)
local setFirst, setLast = list(2)
local addFirst, addLast = list(4)
local computeFirst, computeLast = list(5)
local pushFirst, pushLast = list(2)

-- Sums come first, since they alone may be refused. HINCRBY is exact to 64 bits; its reply in Lua is not.
local undo = {}
local function add(key, field, delta, lowest, highest)
  undo[#undo + 1] = { key, field, redis.call('HGET', key, field) }
  local sum = redis.pcall('HINCRBY', key, field, delta)
  if type(sum) == 'table' then
    if not string.find(sum.err, 'overflow', 1, true) then error(sum.err) end
    return false
  end
  return lowest == '' or (sum >= tonumber(lowest) and sum <= tonumber(highest))
end
local function addAll()
  for i = addFirst, addLast, 4 do
    local name, delta = ARGV[i], ARGV[i + 1]
    local old = redis.call('HGET', KEYS[2], '=' .. name)
    -- NULL plus anything is NULL; a field that the pending row does not know (written by another release) stays unknown.
    if old and old ~= '' and not add(KEYS[2], '=' .. name, delta, ARGV[i + 2], ARGV[i + 3]) then return false end
    -- The sum of the deltas keeps to the column's range too: it is sent to Postgres as a value of the column's type.
    local summed = redis.call('HEXISTS', KEYS[3], '=' .. name) == 0
    if summed and not add(KEYS[3], '+' .. name, delta, ARGV[i + 2], ARGV[i + 3]) then return false end
  end
  return true
end
-- What replaces the value needs to know it. Factors and quotients are of columns that a Lua number holds exactly.
local function computeAll()
  for i = computeFirst, computeLast, 5 do
    local field, how, operand, lowest, highest = '=' .. ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
    local old = redis.call('HGET', KEYS[2], field)
    if not old then return false end
    if old ~= '' and how == '+' then
      if not add(KEYS[2], field, operand, lowest, highest) then return false end
    elseif old ~= '' then
      local result = how == '*' and old * operand or old / operand
      -- Postgres cuts a quotient towards zero, and knows no negative one.
      result = (result < 0 and math.ceil(result) or math.floor(result)) + 0
      if result < tonumber(lowest) or result > tonumber(highest) then return false end
      undo[#undo + 1] = { KEYS[2], field, old }
      redis.call('HSET', KEYS[2], field, string.format('%.0f', result))
    end
  end
  return true
end
if branch == 'update' and not (addAll() and computeAll()) then
  for i = #undo, 1, -1 do
    local key, field, old = undo[i][1], undo[i][2], undo[i][3]
    if old then redis.call('HSET', key, field, old) else redis.call('HDEL', key, field) end
  end
  if fresh then redis.call('DEL', KEYS[2]) end
  return { -6 }
end

local sequence = redis.call('INCR', KEYS[4])
local sealed = redis.call('HEXISTS', KEYS[6], fieldOfRow(row))
local fields
local function set(name, text)
  redis.call('HSET', KEYS[2], '=' .. name, text)
  redis.call('HSET', KEYS[3], '=' .. name, text)
  redis.call('HDEL', KEYS[3], '+' .. name)
end

if branch == 'create' then
  redis.call('HSET', KEYS[2], '#alive', '1')
  for i = createFirst, createLast, 2 do set(ARGV[i], ARGV[i + 1]) end
  kind = (kind == 'D' or operation == 'replace') and 'R' or 'C'
elseif branch == 'update' then
  for i = setFirst, setLast, 2 do set(ARGV[i], ARGV[i + 1]) end
  for i = addFirst, addLast, 4 do
    local field = '=' .. ARGV[i]
    if redis.call('HEXISTS', KEYS[3], field) == 1 then
      redis.call('HSET', KEYS[3], field, redis.call('HGET', KEYS[2], field) or '')
    end
  end
  for i = computeFirst, computeLast, 5 do set(ARGV[i], redis.call('HGET', KEYS[2], '=' .. ARGV[i])) end
  for i = pushFirst, pushLast, 2 do
    local items = redis.call('HGET', KEYS[2], '=' .. ARGV[i])
    local empty = not items or items == '' or items == '[]'
    set(ARGV[i], (empty and '[' or string.sub(items, 1, -2) .. ',') .. ARGV[i + 1] .. ']')
  end
  kind = kind or 'U'
else
  fields = redis.call('HGETALL', KEYS[2])
  local opened = redis.call('HMGET', KEYS[3], '#first', '#since')
  redis.call('DEL', KEYS[3])
  if opened[1] then redis.call('HSET', KEYS[3], '#first', opened[1], '#since', opened[2]) end
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 1) == '=' then redis.call('HDEL', KEYS[2], fields[i]) end
  end
  redis.call('HSET', KEYS[2], '#alive', '0', '#seq', sequence)
  if kind == 'C' then
    -- Postgres will never see this row, and nothing is left to do: what a sealed batch holds of it is an older delete.
    redis.call('DEL', KEYS[3])
    redis.call('ZREM', KEYS[5], row)
    if sealed == 0 then redis.call('DEL', KEYS[2]) end
    return { sequence, 0, sealed, fields, 0 }
  end
  kind = 'D'
end

redis.call('HSET', KEYS[2], '#seq', sequence)
redis.call('HSETNX', KEYS[3], '#first', sequence)
redis.call('HSETNX', KEYS[3], '#since', now)
redis.call('HSET', KEYS[3], '#kind', kind, '#last', sequence)
local opened = redis.call('ZCARD', KEYS[5]) == 0 and 1 or 0
redis.call('ZADD', KEYS[5], 'NX', sequence, row)
if claim ~= '' then redis.call('HDEL', KEYS[7], row) end
local stock = redis.call('ZCARD', KEYS[5]) + math.max(0, redis.call('HLEN', KEYS[6]) - SEALED_FIELDS)
return { sequence, opened, sealed, fields or redis.call('HGETALL', KEYS[2]), stock }
