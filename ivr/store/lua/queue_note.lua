-- Something is noted of an offer, while it is in one of two states.
--
-- KEYS[1]  the offer  hash
-- ARGV     a state, another, then fields and values
-- Returns 1 where it was noted, 0 where the offer is in another state, or unknown.

local state = redis.call('HGET', KEYS[1], 'state')
if not state or (state ~= ARGV[1] and state ~= ARGV[2]) then
  return 0
end
redis.call('HSET', KEYS[1], unpack(ARGV, 3))
return 1
