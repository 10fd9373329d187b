-- Renews a mark, leaves another text in its place, or takes it away.
--
-- KEYS: the marked key.   ARGV: mark, what is to stand there ('' for nothing), for how many ms.
-- Reply: 1 done; 0 the mark is not there any more, and nothing was changed: the lease has ended, or an answer came.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
return 1
