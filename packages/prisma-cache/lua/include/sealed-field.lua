-- Fields of the sealed hash: a header, and one field a row. A row may be named like a field of the header.
local SEALED_HEADER = { ['#epoch'] = 1, ['#number'] = 1, ['#at'] = 1, ['#first'] = 1, ['#since'] = 1, ['#seen'] = 1 }
local SEALED_FIELDS = 6

local function fieldOfRow(row)
  return SEALED_HEADER[row] and '#row:' .. row or row
end

-- false for a field of the header
local function rowOfField(field)
  if SEALED_HEADER[field] then return false end
  local named = string.match(field, '^#row:(.*)$')
  return named and SEALED_HEADER[named] and named or field
end
