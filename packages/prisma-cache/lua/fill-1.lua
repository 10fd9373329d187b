-- Stores an answer under the versions that stood before its load.
--
-- KEYS: entry.
-- ARGV: stamps, rest of the head, text, lifetime in ms, SHA-1 of what the caller knew to stand there before its load
--       ('' for nothing).
-- A mark of the same stamps (`take-lease-1.lua`), whosever it is, waits for this answer and gives way to it.
-- Reply: 1 stored; -1 conflict: an entry of the same stamps holds another text, and the caller did not know of it, so
-- something changed that nobody published; the entry is dropped and the caller replaces the versions;
-- -2 outrun: what the caller knew of has given way to other stamps. They came later, so its answer is dead already.
-- Invariant: of two texts under the same stamps one replaces the other only if its load began after the other was stored.
local stamps, text, known = ARGV[1], ARGV[3], ARGV[5]
local old = redis.pcall('GET', KEYS[1])
if type(old) == 'table' then old = false end -- another program's, of another type: replaced
if old and not (known ~= '' and redis.sha1hex(old) == known) then
  local first = string.find(old, '\n', 1, true) or #old
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
