-- An offer was not taken: the caller has their place back, and the agent is what the release says.
--
-- KEYS[1]  the offer     hash
-- KEYS[2]  the caller    hash
-- KEYS[3]  the agent     hash
-- KEYS[4]  the head      sorted set of the queue and language
-- KEYS[5]  what is due   sorted set
-- KEYS[6]  the changes   stream
-- ARGV     id, now, the agent's state, its reason, how the offer ended
-- Returns 1 where it was released now, 0 where it stands no longer, or was taken.

local state, sid, agent = unpack(redis.call('HMGET', KEYS[1], 'state', 'sid', 'agent'))
if state ~= 'ringing' then
  return 0
end
redis.call('HSET', KEYS[1], 'state', ARGV[5])
redis.call('ZREM', KEYS[5], 'offer:' .. ARGV[1])
if redis.call('HGET', KEYS[2], 'offer') == ARGV[1] then
  redis.call('HSET', KEYS[2], 'state', 'waiting')
  redis.call('HDEL', KEYS[2], 'offer')
  redis.call('ZADD', KEYS[4], redis.call('HGET', KEYS[2], 'order'), sid)
end
if redis.call('HGET', KEYS[3], 'offer') == ARGV[1] then
  -- What the agent chose while it rang comes before what the release would make of them.
  local chosen, why = unpack(redis.call('HMGET', KEYS[3], 'next', 'next_reason'))
  redis.call('HSET', KEYS[3], 'state', chosen or ARGV[3], 'reason', chosen and why or ARGV[4], 'since', ARGV[2])
  redis.call('HDEL', KEYS[3], 'offer', 'next', 'next_reason')
  changed(KEYS[6], KEYS[3], agent, ARGV[5], ARGV[2], ARGV[1], KEYS[1])
end
return 1
