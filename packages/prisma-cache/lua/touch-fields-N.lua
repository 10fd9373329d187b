-- Replaces the versions of the fields that a write has not named the values of, and of the columns that it may have set;
-- or of the given ones only.
--
-- KEYS: field versions of models, of one slot.
-- ARGV: nonce, lifetime in ms, then of each key: 'except' or 'only'; tokens, each followed by a `;`; with 'except', the
--       columns in the same form, or '*' for every one. Tokens of columns begin with `+`.
-- Reply: the text that stands, of each key in its order ('' for none). A key of which nothing changes is not written:
-- it may be the last to know that nobody asks by a field any more.
-- @include next-version
-- @include fields
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
