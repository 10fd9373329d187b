-- Marks the rejected change of a row, where there is one: a later write of the row stands.
local SUPERSEDED = ',"superseded":true}'
local function supersede(rejected, row)
  local older = redis.call('HGET', rejected, row)
  if not older or string.sub(older, -#SUPERSEDED) == SUPERSEDED then return end
  redis.call('HSET', rejected, row, string.sub(older, 1, -2) .. SUPERSEDED)
end
