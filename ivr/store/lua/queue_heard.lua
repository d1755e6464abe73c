-- Somebody heard of a caller who waits: they are looked for again later, and how they stand is told.
--
-- KEYS[1]  the caller    hash
-- KEYS[2]  everybody     sorted set of the queue
-- KEYS[3]  what is due   sorted set
-- ARGV     sid, due, the carrier's name of its queue ("" where it told none)
-- Returns {callers before them, or -1, then the fields and values of the caller}; nothing where nobody knows them.

local fields = redis.call('HGETALL', KEYS[1])
if #fields == 0 then
  return {}
end
if ARGV[3] ~= '' then
  redis.call('HSET', KEYS[1], 'carrier_queue', ARGV[3])
end
redis.call('HSET', KEYS[1], 'heard_by', ARGV[2])
redis.call('ZADD', KEYS[3], ARGV[2], 'caller:' .. ARGV[1])
return {redis.call('ZRANK', KEYS[2], ARGV[1]) or -1, unpack(fields)}
