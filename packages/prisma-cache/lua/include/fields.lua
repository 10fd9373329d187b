-- The fields that some reader narrows by: a text of `token=version;` items. A field that is not in it has no reader.
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
