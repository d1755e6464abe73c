-- A caller waits no longer: they hung up, left by a key, or waited too long. Who talks already is left as they are,
-- unless their offer is so old that it is gone.
--
-- KEYS[1]  the caller    hash
-- KEYS[2]  everybody     sorted set of the queue
-- KEYS[3]  the head      sorted set of the queue and language
-- KEYS[4]  what is due   sorted set
-- KEYS[5]  the offer     hash
-- KEYS[6]  the agent     hash; any key where there is none
-- KEYS[7]  the changes   stream
-- ARGV     sid, now, the offer's id ("" for none), the queue
-- Returns what they were: "waiting", "offered" or "talking"; "" where nobody knows them, "changed" where the
-- offer or the queue is another one by now, so that the same must be asked again.

local state, offer, queue = unpack(redis.call('HMGET', KEYS[1], 'state', 'offer', 'queue'))
if not state or (state == 'talking' and redis.call('EXISTS', KEYS[5]) == 1) then
  return state or ''
end
if (offer or '') ~= ARGV[3] or queue ~= ARGV[4] then
  return 'changed'
end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[4], 'caller:' .. ARGV[1])
if offer then
  redis.call('HSET', KEYS[5], 'state', 'left')
  redis.call('ZREM', KEYS[4], 'offer:' .. offer)
  if redis.call('HGET', KEYS[6], 'offer') == offer then
    local chosen, why = unpack(redis.call('HMGET', KEYS[6], 'next', 'next_reason'))
    redis.call('HSET', KEYS[6], 'state', chosen or 'available', 'reason', chosen and why or '', 'since', ARGV[2])
    redis.call('HDEL', KEYS[6], 'offer', 'next', 'next_reason')
    changed(KEYS[7], KEYS[6], redis.call('HGET', KEYS[5], 'agent'), 'left', ARGV[2], offer, KEYS[5])
  end
end
return state
