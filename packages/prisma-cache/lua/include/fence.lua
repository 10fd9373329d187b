-- A fence is a text of `writer:lease-end-in-ms;` items, one a writer in flight. An item past its lease counts for nothing.
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
