-- A caller begins to wait, or waits already: their place stays what it was.
--
-- All keys of the queues share one hash tag, so whatever a script touches lies in one slot of a cluster.
--
-- KEYS[1]  the caller    hash
-- KEYS[2]  everybody     sorted set of the queue: sid by order, those with an offer too
-- KEYS[3]  the head      sorted set of the queue and language: sid by order, those without an offer
-- KEYS[4]  what is due   sorted set: "caller:<sid>" by the second after which nobody has heard of them
-- KEYS[5]  the languages  set of the queue: of each there is a head
-- ARGV     sid, queue, language, arrived, order, room (0: any number), due, facts
-- Returns {1, callers before them} where they wait, {0, callers who wait} where the queue is full.

local state = redis.call('HGET', KEYS[1], 'state')
if state then
  redis.call('ZADD', KEYS[4], ARGV[7], 'caller:' .. ARGV[1])
  return {1, redis.call('ZRANK', KEYS[2], ARGV[1]) or 0}
end
local size = redis.call('ZCARD', KEYS[2])
local room = tonumber(ARGV[6])
if room > 0 and size >= room then
  return {0, size}
end
redis.call('HSET', KEYS[1], 'state', 'waiting', 'queue', ARGV[2], 'language', ARGV[3],
  'arrived', ARGV[4], 'order', ARGV[5], 'heard_by', ARGV[7], 'facts', ARGV[8])
redis.call('ZADD', KEYS[2], ARGV[5], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[5], ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[7], 'caller:' .. ARGV[1])
redis.call('SADD', KEYS[5], ARGV[3])
return {1, redis.call('ZRANK', KEYS[2], ARGV[1])}
