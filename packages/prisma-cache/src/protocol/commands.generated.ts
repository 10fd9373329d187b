// Written by scripts/embed-lua.mjs from lua/*.lua: change those, then run `node scripts/embed-lua.mjs`.

export const accept = {
  name: 'accept',
  numberOfKeys: 6,
  lua: `local function nextVersion(previous, nonce)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local operation, row, base = ARGV[1], ARGV[2], ARGV[5]
local at = 9
local function list(width)
  local first = at + 1
  at = first + tonumber(ARGV[at]) * width
  return first, at - 1
end
local version = redis.call('GET', KEYS[1])
local standing = redis.call('HMGET', KEYS[2], '#v', '#alive', '#seq')
local fresh = not standing[1]
local alive = standing[2] == '1'
if fresh then
  if base == 'none' then return { -1 } end
  if base ~= 'new' and version ~= ARGV[6] then return { -2 } end
  alive = base == 'row'
elseif standing[1] ~= version then
  return { -3, tonumber(standing[3]) }
end
local branch = operation
if operation == 'upsert' then branch = alive and 'update' or 'create' end
if branch == 'create' and alive then return { -4 } end
if branch ~= 'create' and not alive then return { -5 } end
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
local pushFirst, pushLast = list(2)
local kind = redis.call('HGET', KEYS[3], '#kind')
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
    if old and old ~= '' and not add(KEYS[2], '=' .. name, delta, ARGV[i + 2], ARGV[i + 3]) then return false end
    if redis.call('HEXISTS', KEYS[3], '=' .. name) == 0 and not add(KEYS[3], '+' .. name, delta, '', '') then
      return false
    end
  end
  return true
end
if branch == 'update' and not addAll() then
  for i = #undo, 1, -1 do
    local key, field, old = undo[i][1], undo[i][2], undo[i][3]
    if old then redis.call('HSET', key, field, old) else redis.call('HDEL', key, field) end
  end
  if fresh then redis.call('DEL', KEYS[2]) end
  return { -6 }
end
local sequence = redis.call('INCR', KEYS[4])
local sealed = redis.call('HEXISTS', KEYS[6], row)
local fields
local function set(name, text)
  redis.call('HSET', KEYS[2], '=' .. name, text)
  redis.call('HSET', KEYS[3], '=' .. name, text)
  redis.call('HDEL', KEYS[3], '+' .. name)
end
if branch == 'create' then
  redis.call('HSET', KEYS[2], '#alive', '1')
  for i = createFirst, createLast, 2 do set(ARGV[i], ARGV[i + 1]) end
  kind = kind == 'D' and 'R' or 'C'
elseif branch == 'update' then
  for i = setFirst, setLast, 2 do set(ARGV[i], ARGV[i + 1]) end
  for i = addFirst, addLast, 4 do
    local field = '=' .. ARGV[i]
    if redis.call('HEXISTS', KEYS[3], field) == 1 then
      redis.call('HSET', KEYS[3], field, redis.call('HGET', KEYS[2], field) or '')
    end
  end
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
  if kind == 'C' and sealed == 0 then
    redis.call('DEL', KEYS[2])
    redis.call('ZREM', KEYS[5], row)
    return { sequence, 0, 0, fields }
  end
  if opened[1] then redis.call('HSET', KEYS[3], '#first', opened[1], '#since', opened[2]) end
  for i = 1, #fields, 2 do
    if string.sub(fields[i], 1, 1) == '=' then redis.call('HDEL', KEYS[2], fields[i]) end
  end
  redis.call('HSET', KEYS[2], '#alive', '0')
  kind = 'D'
end
redis.call('HSET', KEYS[2], '#seq', sequence)
redis.call('HSETNX', KEYS[3], '#first', sequence)
redis.call('HSETNX', KEYS[3], '#since', now)
redis.call('HSET', KEYS[3], '#kind', kind, '#last', sequence)
local opened = redis.call('ZCARD', KEYS[5]) == 0 and 1 or 0
redis.call('ZADD', KEYS[5], 'NX', sequence, row)
return { sequence, opened, sealed, fields or redis.call('HGETALL', KEYS[2]) }
`,
  sha1: '13a25bfdb8ace70a0c5204ff53558406e529c85b',
} as const

export const beginEpoch = {
  name: 'begin-epoch',
  numberOfKeys: 2,
  lua: `local standing = redis.call('GET', KEYS[1]) or ''
if standing ~= ARGV[1] then return standing end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('SET', KEYS[2], '1', 'PX', ARGV[3])
return ARGV[2]
`,
  sha1: '7ffd6d6b9b539ff8d126a1cc27e38682c26d68b9',
} as const

export const ensureVersions = {
  name: 'ensure-versions',
  numberOfKeys: 'N',
  lua: `local function nextVersion(previous, nonce)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
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
`,
  sha1: 'fb9a45dfe374539fb0bc9fdfc0d0d08761127a81',
} as const

export const fence = {
  name: 'fence',
  numberOfKeys: 'N',
  lua: `local function nextVersion(previous, nonce)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function liveFence(text, nowMs, without)
  local live, others = {}, 0
  for writer, lease in string.gmatch(text or '', '([^:;]+):(%d+);') do
    if tonumber(lease) > nowMs and writer ~= without then
      live[#live + 1] = writer .. ':' .. lease .. ';'
      others = others + 1
    end
  end
  return table.concat(live), others
end
local function nowMillis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local now = nowMillis()
local versions = {}
for i = 1, #KEYS, 2 do
  local version = nextVersion(redis.call('GET', KEYS[i]), ARGV[3])
  redis.call('SET', KEYS[i], version, 'PX', ARGV[4])
  local others = liveFence(redis.call('GET', KEYS[i + 1]), now, ARGV[1])
  redis.call('SET', KEYS[i + 1], others .. ARGV[1] .. ':' .. (now + tonumber(ARGV[2])) .. ';', 'PX', ARGV[2])
  versions[#versions + 1] = version
end
return versions
`,
  sha1: 'e4ed171bd5ec64a428b17f62905860bff9d7bc47',
} as const

export const fill = {
  name: 'fill',
  numberOfKeys: 1,
  lua: `local old = redis.call('GET', KEYS[1])
local entry = ARGV[1] .. '\\n' .. ARGV[2]
if old and old ~= entry and string.sub(old, 1, #ARGV[1] + 1) == ARGV[1] .. '\\n' then
  redis.call('DEL', KEYS[1])
  return -1
end
redis.call('SET', KEYS[1], entry, 'PX', ARGV[3])
return 1
`,
  sha1: 'c6424e491bd04805503011531983a60d5031bc29',
} as const

export const publish = {
  name: 'publish',
  numberOfKeys: 'N',
  lua: `local function nextVersion(previous, nonce)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function liveFence(text, nowMs, without)
  local live, others = {}, 0
  for writer, lease in string.gmatch(text or '', '([^:;]+):(%d+);') do
    if tonumber(lease) > nowMs and writer ~= without then
      live[#live + 1] = writer .. ':' .. lease .. ';'
      others = others + 1
    end
  end
  return table.concat(live), others
end
local function nowMillis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
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
`,
  sha1: '32bacf954d27e42d9faa1f4a258b14ac70466f4a',
} as const

export const publishRow = {
  name: 'publish-row',
  numberOfKeys: 3,
  lua: `local function nextVersion(previous, nonce)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function liveFence(text, nowMs, without)
  local live, others = {}, 0
  for writer, lease in string.gmatch(text or '', '([^:;]+):(%d+);') do
    if tonumber(lease) > nowMs and writer ~= without then
      live[#live + 1] = writer .. ':' .. lease .. ';'
      others = others + 1
    end
  end
  return table.concat(live), others
end
local function nowMillis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local now = nowMillis()
local previous = redis.call('GET', KEYS[1])
local version = nextVersion(previous, ARGV[3])
local fence = redis.call('GET', KEYS[2]) or ''
local others, count = liveFence(fence, now, ARGV[1])
local _, all = liveFence(fence, now, '')
local alone = previous == ARGV[2] and count == 0 and all == 1
if others == '' then redis.call('DEL', KEYS[2]) else redis.call('SET', KEYS[2], others, 'KEEPTTL') end
redis.call('SET', KEYS[1], version, 'PX', ARGV[4])
if not alone then
  redis.call('DEL', KEYS[3])
  return { version, 0 }
end
redis.call('SET', KEYS[3], ARGV[6] .. version .. ARGV[7], 'PX', ARGV[5])
return { version, 1 }
`,
  sha1: '5c46cf1a71f7939863e862e4a9f9460855b3e061',
} as const

export const release = {
  name: 'release',
  numberOfKeys: 'N',
  lua: `local function liveFence(text, nowMs, without)
  local live, others = {}, 0
  for writer, lease in string.gmatch(text or '', '([^:;]+):(%d+);') do
    if tonumber(lease) > nowMs and writer ~= without then
      live[#live + 1] = writer .. ':' .. lease .. ';'
      others = others + 1
    end
  end
  return table.concat(live), others
end
local function nowMillis()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
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
`,
  sha1: 'c38c4a13c652039beb4c7c5df984c57c1851ce93',
} as const

export const touch = {
  name: 'touch',
  numberOfKeys: 'N',
  lua: `local function nextVersion(previous, nonce)
  local time = redis.call('TIME')
  local micros = time[1] * 1000000 + time[2]
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local versions = {}
for i, key in ipairs(KEYS) do
  local previous = redis.call('GET', key)
  local version = nextVersion(previous, ARGV[1])
  if previous then redis.call('SET', key, version, 'PX', ARGV[2]) end
  versions[i] = version
end
return versions
`,
  sha1: 'b379f711073faaa9f2403ffe31c2c3b54adf5292',
} as const
