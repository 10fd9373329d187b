-- Reads an entry and the versions of what it depends on, as MGET does, and makes the versions that are missing: for
-- questions that this process has not asked before, of which nobody may have.
--
-- KEYS: the entry, the epoch, version keys.   ARGV: nonce, lifetime in ms.
-- Reply: the values, in the order of KEYS, false where there is none: of the entry and the epoch only. Without an epoch
-- nothing is made. Then, for each version, '1' if it stood, else '0'.
-- Invariant: a reader stamps its fill with versions that stood before its load.
-- @include next-version
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
