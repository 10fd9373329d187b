-- For how long has a row been what it is?
--
-- KEYS: pending row, version. Both of one slot.
-- Reply: whole ms, rounded down, since the row was written, applied or first read; 0 while a change of it is pending;
--        -1 when nobody knows, which is for longer than a version lives.
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local made = string.match(redis.call('GET', KEYS[2]) or '', '^(%d+)')
if not made then return -1 end
local time = redis.call('TIME')
return math.max(0, math.floor((time[1] * 1000000 + time[2] - tonumber(made)) / 1000))
