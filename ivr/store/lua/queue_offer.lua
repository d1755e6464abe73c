-- One caller is offered to one agent, if both are still free: what somebody proposed is claimed, or not at all.
--
-- KEYS[1]  the offer     hash: sid, agent, queue, language, state, made, deadline, why
-- KEYS[2]  the caller    hash
-- KEYS[3]  the agent     hash
-- KEYS[4]  the head      sorted set of the queue and language
-- KEYS[5]  what is due   sorted set
-- KEYS[6]  the changes   stream
-- ARGV     id, sid, agent, now, deadline, why, seconds to keep the offer, the queue
-- Returns 1 where it is claimed, 0 where one of them is taken meanwhile, gone, or moved to another queue.

if redis.call('HGET', KEYS[2], 'state') ~= 'waiting' or redis.call('HGET', KEYS[3], 'state') ~= 'available' then
  return 0
end
local queue, language = unpack(redis.call('HMGET', KEYS[2], 'queue', 'language'))
if queue ~= ARGV[8] then
  return 0
end
redis.call('HSET', KEYS[1], 'sid', ARGV[2], 'agent', ARGV[3], 'queue', queue, 'language', language,
  'state', 'ringing', 'made', ARGV[4], 'deadline', ARGV[5], 'why', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[7])
redis.call('HSET', KEYS[2], 'state', 'offered', 'offer', ARGV[1])
redis.call('HSET', KEYS[3], 'state', 'offered', 'offer', ARGV[1], 'since', ARGV[4], 'last_offered', ARGV[4])
redis.call('ZREM', KEYS[4], ARGV[2])
redis.call('ZADD', KEYS[5], ARGV[5], 'offer:' .. ARGV[1])
changed(KEYS[6], KEYS[3], ARGV[3], 'offered', ARGV[4], ARGV[1], KEYS[1])
return 1
