-- An agent says what became of a call that they have or had: it is kept with the offer, and told to SQL.
--
-- KEYS[1]  the offer    hash
-- KEYS[2]  the changes  stream
-- ARGV     id, code, note
-- Returns 1 where it was kept, 0 where there was no talk, or the offer is unknown.

local state, agent, sid, queue = unpack(redis.call('HMGET', KEYS[1], 'state', 'agent', 'sid', 'queue'))
if state ~= 'taken' and state ~= 'over' then
  return 0
end
redis.call('HSET', KEYS[1], 'code', ARGV[2], 'note', ARGV[3])
redis.call('XADD', KEYS[2], '*', 'offer', ARGV[1], 'agent', agent, 'sid', sid, 'queue', queue,
  'code', ARGV[2], 'note', ARGV[3])
return 1
