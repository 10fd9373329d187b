-- Makes the versions of fields that a reader narrows by, where they are missing. From then on every write of the model
-- that does not name the values of such a field replaces its version.
--
-- KEYS: the model's field versions.   ARGV: nonce, lifetime in ms, most fields, then the tokens of the fields.
-- Reply: the versions, in the order of the tokens.
-- Invariant: as ensure-versions. A field is known here before its reader loads, so a write that the load may have missed
-- is published after, and finds it.
-- @include next-version
-- @include fields
local items = fieldItems(redis.call('GET', KEYS[1]))
local at = {}
for i, item in ipairs(items) do at[item[1]] = i end
local missing = 0
for i = 4, #ARGV do if not at[ARGV[i]] then missing = missing + 1 end end
-- Fields of policies that are no longer in use: their readers, if there are any, come back.
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
