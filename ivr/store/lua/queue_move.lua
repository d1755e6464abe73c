-- A caller who waits is moved to another queue, with the order that they have.
--
-- KEYS[1]  the caller     hash
-- KEYS[2]  everybody      sorted set of the queue where they are
-- KEYS[3]  the head       sorted set of that queue and the caller's language
-- KEYS[4]  everybody      sorted set of the other queue
-- KEYS[5]  the head       sorted set of the other queue and the caller's language
-- KEYS[6]  the languages  set of the other queue
-- ARGV     sid, the queue where they are, the other queue, language
-- Returns 1 where they were moved, 0 where they do not wait there, or are offered to an agent.

local state, queue, order = unpack(redis.call('HMGET', KEYS[1], 'state', 'queue', 'order'))
if state ~= 'waiting' or queue ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], 'queue', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZADD', KEYS[4], order, ARGV[1])
redis.call('ZADD', KEYS[5], order, ARGV[1])
redis.call('SADD', KEYS[6], ARGV[4])
return 1
