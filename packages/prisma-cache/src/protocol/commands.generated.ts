// Written by scripts/embed-lua.mjs from lua/*.lua: change those, then run `node scripts/embed-lua.mjs`.

export const accept = {
  name: 'accept',
  numberOfKeys: 9,
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
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
local SEALED_HEADER = { ['#epoch'] = 1, ['#number'] = 1, ['#at'] = 1, ['#first'] = 1, ['#since'] = 1, ['#seen'] = 1 }
local SEALED_FIELDS = 6
local function fieldOfRow(row)
  return SEALED_HEADER[row] and '#row:' .. row or row
end
local function rowOfField(field)
  if SEALED_HEADER[field] then return false end
  local named = string.match(field, '^#row:(.*)$')
  return named and SEALED_HEADER[named] and named or field
end
local function stockOf(dirty, sealed, enough)
  local count = redis.call('ZCARD', dirty)
  local inBatch = redis.call('HLEN', sealed)
  if inBatch == 0 or (enough and count + inBatch < enough) then return count + inBatch end
  for _, field in ipairs(redis.call('HKEYS', sealed)) do
    local row = rowOfField(field)
    if row and not redis.call('ZSCORE', dirty, row) then count = count + 1 end
  end
  return count
end
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
    local summed = redis.call('HEXISTS', KEYS[3], '=' .. name) == 0
    if summed and not add(KEYS[3], '+' .. name, delta, ARGV[i + 2], ARGV[i + 3]) then return false end
  end
  return true
end
local function computeAll()
  for i = computeFirst, computeLast, 5 do
    local field, how, operand, lowest, highest = '=' .. ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
    local old = redis.call('HGET', KEYS[2], field)
    if not old then return false end
    if old ~= '' and how == '+' then
      if not add(KEYS[2], field, operand, lowest, highest) then return false end
    elseif old ~= '' then
      local result = how == '*' and old * operand or old / operand
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
`,
  sha1: '520586b3dfd25b39bca0d3be88d59a18d4a72afe',
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

export const drop = {
  name: 'drop',
  numberOfKeys: 'N',
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
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
local SEALED_HEADER = { ['#epoch'] = 1, ['#number'] = 1, ['#at'] = 1, ['#first'] = 1, ['#since'] = 1, ['#seen'] = 1 }
local SEALED_FIELDS = 6
local function fieldOfRow(row)
  return SEALED_HEADER[row] and '#row:' .. row or row
end
local function rowOfField(field)
  if SEALED_HEADER[field] then return false end
  local named = string.match(field, '^#row:(.*)$')
  return named and SEALED_HEADER[named] and named or field
end
local SUPERSEDED = ',"superseded":true}'
local function supersede(rejected, row)
  local older = redis.call('HGET', rejected, row)
  if not older or string.sub(older, -#SUPERSEDED) == SUPERSEDED then return end
  redis.call('HSET', rejected, row, string.sub(older, 1, -2) .. SUPERSEDED)
end
local RATE_MS = 30000
local function rateAt(flushed, now)
  local known = redis.call('HMGET', flushed, 'rate', 'at')
  if not known[1] then return 0 end
  return tonumber(known[1]) * math.exp(math.min(0, tonumber(known[2]) - now) / RATE_MS)
end
local function countFlushed(flushed, now, rows, refused)
  local rate = rateAt(flushed, now) + rows * 1000 / RATE_MS
  redis.call('HSET', flushed, 'rate', string.format('%.6f', rate), 'at', string.format('%.0f', now))
  redis.call('HINCRBY', flushed, 'applied', rows - refused)
  redis.call('HINCRBY', flushed, 'rejected', refused)
end
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
local function rebase(pending, open, texts, version)
  local change, kind, since = redis.call('HGETALL', open), 'U', '0'
  for i = 1, #change, 2 do
    if change[i] == '#kind' then kind = change[i + 1] elseif change[i] == '#since' then since = change[i + 1] end
  end
  local sequence = redis.call('HGET', pending, '#seq') or '0'
  local base = texts ~= ''
  if base or kind ~= 'U' then redis.call('DEL', pending) end
  if base and kind == 'U' then setFields(pending, cjson.decode(texts)) end
  if base and kind == 'U' or kind == 'C' or kind == 'R' then
    for i = 1, #change, 2 do
      local mark, field = string.sub(change[i], 1, 1), '=' .. string.sub(change[i], 2)
      if mark == '=' then
        redis.call('HSET', pending, field, change[i + 1])
      elseif mark == '+' and (redis.call('HGET', pending, field) or '') ~= '' then
        redis.pcall('HINCRBY', pending, field, change[i + 1])
      end
    end
  end
  local alive = kind ~= 'D' and (base or kind ~= 'U')
  redis.call('HSET', pending, '#alive', alive and '1' or '0', '#seq', sequence, '#since', since, '#v', version, '#w', wide, '#e', cacheEpoch)
end
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
`,
  sha1: 'b9891d8a5a66bf7cc2e13f6c90fe360cb0025448',
} as const

export const ensureFields = {
  name: 'ensure-fields',
  numberOfKeys: 1,
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
end
local function fieldItems(text)
  local items = {}
  for token, version in string.gmatch(text or '', '([^=;]+)=([^=;]+);') do items[#items + 1] = { token, version } end
  return items
end
local function fieldText(items)
  local parts = {}
  for i, item in ipairs(items) do parts[i] = item[1] .. '=' .. item[2] .. ';' end
  return table.concat(parts)
end
local items = fieldItems(redis.call('GET', KEYS[1]))
local at = {}
for i, item in ipairs(items) do at[item[1]] = i end
local missing = 0
for i = 4, #ARGV do if not at[ARGV[i]] then missing = missing + 1 end end
if missing > 0 and #items + missing > tonumber(ARGV[3]) then items, at = {}, {} end
local versions = {}
for i = 4, #ARGV do
  local token = ARGV[i]
  if not at[token] then
    items[#items + 1] = { token, nextVersion(false, ARGV[1]) }
    at[token] = #items
  end
  versions[#versions + 1] = items[at[token]][2]
end
redis.call('SET', KEYS[1], fieldText(items), 'PX', ARGV[2])
return versions
`,
  sha1: '946420dcdb69f7415f6982cdf3b421d24f725ca0',
} as const

export const ensureVersions = {
  name: 'ensure-versions',
  numberOfKeys: 'N',
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
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
  sha1: '3a1aae8859c0a0d7072674fa7e6679584fd1ad55',
} as const

export const fence = {
  name: 'fence',
  numberOfKeys: 'N',
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
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
`,
  sha1: 'f3a9c3e5c432b5b6b070a4aad3def058ca63ee52',
} as const

export const fill = {
  name: 'fill',
  numberOfKeys: 1,
  lua: `local stamps, text, known = ARGV[1], ARGV[3], ARGV[5]
local old = redis.pcall('GET', KEYS[1])
if type(old) == 'table' then old = false end
if old and not (known ~= '' and redis.sha1hex(old) == known) then
  local first = string.find(old, '\\n', 1, true) or #old
  if string.sub(old, 1, #stamps + 1) == stamps .. ';' then
    if string.sub(old, first + 1) ~= text then
      redis.call('DEL', KEYS[1])
      return -1
    end
  elseif known ~= '' and string.sub(old, first + 1) ~= stamps then
    return -2
  end
end
redis.call('SET', KEYS[1], stamps .. ARGV[2] .. text, 'PX', ARGV[4])
return 1
`,
  sha1: 'e04abcdc53ad1f1c8964ef95b753a26734f986d6',
} as const

export const flushEpoch = {
  name: 'flush-epoch',
  numberOfKeys: 1,
  lua: `local standing = redis.call('GET', KEYS[1]) or ''
if standing ~= ARGV[1] then return standing end
redis.call('SET', KEYS[1], ARGV[2])
return ARGV[2]
`,
  sha1: '6b0bd7c3dd62062a488ade6de61aaf76b3924a57',
} as const

export const flushPending = {
  name: 'flush-pending',
  numberOfKeys: 4,
  lua: `local SEALED_HEADER = { ['#epoch'] = 1, ['#number'] = 1, ['#at'] = 1, ['#first'] = 1, ['#since'] = 1, ['#seen'] = 1 }
local SEALED_FIELDS = 6
local function fieldOfRow(row)
  return SEALED_HEADER[row] and '#row:' .. row or row
end
local function rowOfField(field)
  if SEALED_HEADER[field] then return false end
  local named = string.match(field, '^#row:(.*)$')
  return named and SEALED_HEADER[named] and named or field
end
local function stockOf(dirty, sealed, enough)
  local count = redis.call('ZCARD', dirty)
  local inBatch = redis.call('HLEN', sealed)
  if inBatch == 0 or (enough and count + inBatch < enough) then return count + inBatch end
  for _, field in ipairs(redis.call('HKEYS', sealed)) do
    local row = rowOfField(field)
    if row and not redis.call('ZSCORE', dirty, row) then count = count + 1 end
  end
  return count
end
local RATE_MS = 30000
local function rateAt(flushed, now)
  local known = redis.call('HMGET', flushed, 'rate', 'at')
  if not known[1] then return 0 end
  return tonumber(known[1]) * math.exp(math.min(0, tonumber(known[2]) - now) / RATE_MS)
end
local function countFlushed(flushed, now, rows, refused)
  local rate = rateAt(flushed, now) + rows * 1000 / RATE_MS
  redis.call('HSET', flushed, 'rate', string.format('%.6f', rate), 'at', string.format('%.0f', now))
  redis.call('HINCRBY', flushed, 'applied', rows - refused)
  redis.call('HINCRBY', flushed, 'rejected', refused)
end
local count = stockOf(KEYS[1], KEYS[2])
local since = redis.call('HGET', KEYS[2], '#since')
local oldest = redis.call('ZRANGE', KEYS[1], 0, 0)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local done = redis.call('HMGET', KEYS[4], 'applied', 'rejected')
return {
  count, tonumber(since or 0), oldest[1] or '', now, redis.call('HLEN', KEYS[3]), tonumber(done[1] or 0),
  tonumber(done[2] or 0), string.format('%.3f', rateAt(KEYS[4], now)),
}
`,
  sha1: 'e373813a068cfeff1bfde7db367036f866fc3e2f',
} as const

export const flushState = {
  name: 'flush-state',
  numberOfKeys: 3,
  lua: `local open = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local sealed = redis.call('HGET', KEYS[2], '#first')
return { tonumber(open[2] or 0), tonumber(sealed or 0), tonumber(redis.call('GET', KEYS[3]) or 0) }
`,
  sha1: '667cf3fef0f3d182c3fe802a0ba90d5633986ee9',
} as const

export const hold = {
  name: 'hold',
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
`,
  sha1: '5b1f7b1000d760f6058e5a6938d2b5bfa2bdc1c7',
} as const

export const look = {
  name: 'look',
  numberOfKeys: 'N',
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
end
local values = redis.call('MGET', unpack(KEYS))
local epoch = values[2]
for i = 3, #KEYS do
  local stood = values[i] and '1' or '0'
  if not values[i] and epoch then
    values[i] = nextVersion(false, ARGV[1])
    redis.call('SET', KEYS[i], values[i], 'PX', ARGV[2])
  end
  values[#KEYS + i - 2] = stood
end
return values
`,
  sha1: '383e33fd7819c21a7094c15ca132dd7c7ba1e76f',
} as const

export const publish = {
  name: 'publish',
  numberOfKeys: 'N',
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
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
  sha1: '191f117b2608ddb4d8f90820784cc9e14b5e7cc0',
} as const

export const publishRow = {
  name: 'publish-row',
  numberOfKeys: 3,
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
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
  local read, row = pcall(cjson.decode, string.match(entry, '\\n(.*)'))
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
`,
  sha1: '9991c4a57caf2d5415c3fb3b80f90ec35e34e149',
} as const

export const rejectedForget = {
  name: 'rejected-forget',
  numberOfKeys: 1,
  lua: `if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
`,
  sha1: 'ee91abd58991a8740767372bad61e1d147659660',
} as const

export const rejectedSupersede = {
  name: 'rejected-supersede',
  numberOfKeys: 1,
  lua: `local SUPERSEDED = ',"superseded":true}'
local function supersede(rejected, row)
  local older = redis.call('HGET', rejected, row)
  if not older or string.sub(older, -#SUPERSEDED) == SUPERSEDED then return end
  redis.call('HSET', rejected, row, string.sub(older, 1, -2) .. SUPERSEDED)
end
for _, row in ipairs(ARGV) do supersede(KEYS[1], row) end
return 1
`,
  sha1: 'e0f2f7620b2756ea64c108d1efee282684629233',
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

export const rowAge = {
  name: 'row-age',
  numberOfKeys: 2,
  lua: `if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local made = string.match(redis.call('GET', KEYS[2]) or '', '^(%d+)')
if not made then return -1 end
local time = redis.call('TIME')
return math.max(0, math.floor((time[1] * 1000000 + time[2] - tonumber(made)) / 1000))
`,
  sha1: 'b0132cfe827780bdd0e613e3cd300a19a722ba75',
} as const

export const seal = {
  name: 'seal',
  numberOfKeys: 'N',
  lua: `local SEALED_HEADER = { ['#epoch'] = 1, ['#number'] = 1, ['#at'] = 1, ['#first'] = 1, ['#since'] = 1, ['#seen'] = 1 }
local SEALED_FIELDS = 6
local function fieldOfRow(row)
  return SEALED_HEADER[row] and '#row:' .. row or row
end
local function rowOfField(field)
  if SEALED_HEADER[field] then return false end
  local named = string.match(field, '^#row:(.*)$')
  return named and SEALED_HEADER[named] and named or field
end
local time = redis.call('TIME')
local millis = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
if redis.call('EXISTS', KEYS[2]) == 1 then
  redis.call('HSET', KEYS[2], '#seen', millis)
  return { 'found', redis.call('HGETALL', KEYS[2]) }
end
local lastEpoch, lastNumber = string.match(redis.call('GET', KEYS[3]) or '', '^(%d+):(%d+)$')
if lastEpoch and tonumber(ARGV[1]) < tonumber(lastEpoch) then return { 'stale', lastEpoch } end
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
`,
  sha1: 'dd57fb38f2ab5631da0dae4c70730400abae7b67',
} as const

export const takeLease = {
  name: 'take-lease',
  numberOfKeys: 1,
  lua: `local standing = redis.call('GET', KEYS[1])
if standing and redis.sha1hex(standing) ~= ARGV[3] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`,
  sha1: '6ca858af4926ae45e6aed7bd1f1809a01a74674d',
} as const

export const touch = {
  name: 'touch',
  numberOfKeys: 'N',
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
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
  sha1: '76ff6b84830a8717fa2a1e710f85b3d82288d512',
} as const

export const touchFields = {
  name: 'touch-fields',
  numberOfKeys: 'N',
  lua: `local function versionTime()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end
local function versionAfter(previous, micros, nonce)
  local last = previous and tonumber(string.match(previous, '^(%d+)')) or 0
  if last >= micros then micros = last + 1 end
  return string.format('%.0f', micros) .. '.' .. nonce
end
local function nextVersion(previous, nonce)
  return versionAfter(previous, versionTime(), nonce)
end
local function fieldItems(text)
  local items = {}
  for token, version in string.gmatch(text or '', '([^=;]+)=([^=;]+);') do items[#items + 1] = { token, version } end
  return items
end
local function fieldText(items)
  local parts = {}
  for i, item in ipairs(items) do parts[i] = item[1] .. '=' .. item[2] .. ';' end
  return table.concat(parts)
end
local texts = {}
for k, key in ipairs(KEYS) do
  local mode, tokens, columns = ARGV[k * 3], ';' .. ARGV[k * 3 + 1], ';' .. ARGV[k * 3 + 2]
  local text = redis.call('GET', key) or ''
  if text ~= '' then
    local items, changed = fieldItems(text), false
    for _, item in ipairs(items) do
      local touched
      if mode == 'except' and string.sub(item[1], 1, 1) == '+' then
        touched = columns == ';*' or string.find(columns, ';' .. item[1] .. ';', 1, true) ~= nil
      else
        touched = (string.find(tokens, ';' .. item[1] .. ';', 1, true) ~= nil) == (mode == 'only')
      end
      if touched then
        item[2] = nextVersion(item[2], ARGV[1])
        changed = true
      end
    end
    if changed then
      text = fieldText(items)
      redis.call('SET', key, text, 'PX', ARGV[2])
    end
  end
  texts[k] = text
end
return texts
`,
  sha1: 'b8a04c76a42958880fc6344cb2f46ab6110f4952',
} as const

export const turnLease = {
  name: 'turn-lease',
  numberOfKeys: 1,
  lua: `if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
`,
  sha1: 'f95501a58ab8bb40d6b9e79733e6b671ab9165f3',
} as const
