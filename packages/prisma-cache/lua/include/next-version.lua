-- The version that follows `previous` (false: none): microseconds of this server's clock, but always more than
-- before, and a nonce, so that no version repeats after an eviction, a restart or a failover.
local function versionTime()
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
