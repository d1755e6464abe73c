-- An agent is set to a state; while a call is offered to them or they talk, it waits until that is over.
--
-- KEYS[1]  the agent     hash: state, reason, since, idle_since, last_offered, calls, offer, next, next_reason
-- KEYS[2]  what is due   sorted set
-- KEYS[3]  the changes   stream
-- ARGV     agent, state, reason, now, "wrapped" to end a wrap-up that is due, and nothing else
-- Returns 1 where they are it now, 2 where they will be it afterwards, 0 where nothing was to be done.

local known, reason = unpack(redis.call('HMGET', KEYS[1], 'state', 'reason'))
local state = known or 'away'
if ARGV[5] == 'wrapped' then
  if state ~= 'wrap_up' or tonumber(redis.call('HGET', KEYS[1], 'wrap_until')) > tonumber(ARGV[4]) then
    return 0
  end
  local chosen, why = unpack(redis.call('HMGET', KEYS[1], 'next', 'next_reason'))
  redis.call('HSET', KEYS[1], 'state', chosen or 'available', 'reason', chosen and why or '', 'since', ARGV[4])
  redis.call('HDEL', KEYS[1], 'next', 'next_reason', 'wrap_until')
  redis.call('ZREM', KEYS[2], 'wrap:' .. ARGV[1])
  changed(KEYS[3], KEYS[1], ARGV[1], 'wrapped', ARGV[4], '', '')
  return 1
end
if state == 'offered' or state == 'talking' then
  redis.call('HSET', KEYS[1], 'next', ARGV[2], 'next_reason', ARGV[3])
  return 2
end
redis.call('HSET', KEYS[1], 'state', ARGV[2], 'reason', ARGV[3])
if state ~= ARGV[2] or redis.call('HEXISTS', KEYS[1], 'since') == 0 then
  redis.call('HSET', KEYS[1], 'since', ARGV[4])
end
if ARGV[2] == 'available' and state == 'away' then
  redis.call('HSET', KEYS[1], 'idle_since', ARGV[4])
end
redis.call('HDEL', KEYS[1], 'next', 'next_reason', 'wrap_until')
redis.call('ZREM', KEYS[2], 'wrap:' .. ARGV[1])
if known ~= ARGV[2] or (reason or '') ~= ARGV[3] then
  changed(KEYS[3], KEYS[1], ARGV[1], 'set', ARGV[4], '', '')
end
return 1
