-- Count the workers that live, this one among them. The clock is Redis's: those of machines differ.
--
-- KEYS[1]  workers  sorted set: owner, scored by the moment (ms) at which it last said that it lives
-- ARGV     owner, milliseconds after which a silent worker counts as dead
-- Returns how many live.

local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZADD', KEYS[1], ms, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ms - ARGV[2])
return redis.call('ZCARD', KEYS[1])
