-- A talk is over: the caller is forgotten, the agent wraps up.
--
-- KEYS[1]  the offer     hash
-- KEYS[2]  the caller    hash
-- KEYS[3]  the agent     hash
-- KEYS[4]  what is due   sorted set
-- KEYS[5]  the changes   stream
-- ARGV     id, sid, agent, now, the second until which they wrap up (0: not at all)
-- Returns 1 where the talk ended now, 0 where it had ended, or never began.

if redis.call('HGET', KEYS[1], 'state') ~= 'taken' then
  return 0
end
redis.call('HSET', KEYS[1], 'state', 'over', 'over', ARGV[4])
if redis.call('HGET', KEYS[2], 'offer') == ARGV[1] then
  redis.call('DEL', KEYS[2])
  redis.call('ZREM', KEYS[4], 'caller:' .. ARGV[2])
end
if redis.call('HGET', KEYS[3], 'offer') == ARGV[1] then
  redis.call('HDEL', KEYS[3], 'offer')
  redis.call('HINCRBY', KEYS[3], 'calls', 1)
  redis.call('HSET', KEYS[3], 'since', ARGV[4], 'idle_since', ARGV[4], 'reason', '', 'last', ARGV[1])
  if tonumber(ARGV[5]) > 0 then
    redis.call('HSET', KEYS[3], 'state', 'wrap_up', 'wrap_until', ARGV[5])
    redis.call('ZADD', KEYS[4], ARGV[5], 'wrap:' .. ARGV[3])
  else
    local chosen, why = unpack(redis.call('HMGET', KEYS[3], 'next', 'next_reason'))
    redis.call('HSET', KEYS[3], 'state', chosen or 'available', 'reason', chosen and why or '')
    redis.call('HDEL', KEYS[3], 'next', 'next_reason')
  end
  changed(KEYS[5], KEYS[3], ARGV[3], 'over', ARGV[4], ARGV[1], KEYS[1])
end
return 1
