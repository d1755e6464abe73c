-- The agent takes the call that was offered: only while the offer stands, and once.
--
-- KEYS[1]  the offer     hash
-- KEYS[2]  the caller    hash
-- KEYS[3]  the agent     hash
-- KEYS[4]  everybody     sorted set of the queue
-- KEYS[5]  what is due   sorted set
-- KEYS[6]  the answers   list of the queue's latest ones, the newest first
-- KEYS[7]  the changes   stream
-- ARGV     id, now, what to keep of the answer, how many of them
-- Returns 1 where the offer is taken, now or before; 0 where it stands no longer.

local state, sid, agent = unpack(redis.call('HMGET', KEYS[1], 'state', 'sid', 'agent'))
if state == 'taken' then
  return 1
end
if state ~= 'ringing' then
  return 0
end
redis.call('HSET', KEYS[1], 'state', 'taken', 'taken', ARGV[2])
redis.call('HSET', KEYS[2], 'state', 'talking')
redis.call('HSET', KEYS[3], 'state', 'talking', 'since', ARGV[2])
redis.call('ZREM', KEYS[4], sid)
redis.call('ZREM', KEYS[5], 'offer:' .. ARGV[1])
redis.call('LPUSH', KEYS[6], ARGV[3])
redis.call('LTRIM', KEYS[6], 0, ARGV[4] - 1)
changed(KEYS[7], KEYS[3], agent, 'taken', ARGV[2], ARGV[1], KEYS[1])
return 1
