-- Rows of a shard with a change that is not applied: dirty ones, and sealed ones that are not dirty again.
-- Where `enough` is given, what is certainly less is told without a look at each row.
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
