-- Close a call after one turn: compare-and-set of its state, with everything that the turn leaves behind.
--
-- Redis runs a script whole, with no other command in between. So of two workers that stepped the same call
-- from the same state exactly one writes, and what one turn leaves (state, reply, records, effects) is there
-- together or not at all: no effect without the state that asked for it, no state without its records.
-- That needs no lock, which could outlive the worker that held it.
--
-- KEYS[1]  the call      hash: seq, turn, state, reply
-- KEYS[2]  the log       stream: sid, record
-- KEYS[3]  the outbox    stream: sid, effect
-- KEYS[4]  the live ones sorted set: sid by the second in which it expires
-- ARGV     expected seq, sid, seq, turn, state, reply, seconds to keep the call, number of records,
--          the second in which it expires (0 for a call that has ended), then the records, then the effects
-- Returns 1 where it wrote, 0 where the call has moved on meanwhile (or is gone) and nothing was written.
--
-- All keys share a hash tag, so the script also runs in a cluster.

local stored = redis.call('HGET', KEYS[1], 'seq') or '0'
if stored ~= ARGV[1] then
  return 0
end

-- A script that fails half-way is not rolled back. What can fail comes first, therefore: memory runs out at the
-- first write or not at all (Redis lets a script finish that has begun to write), and a stream that is not one
-- raises here, before the state moves on.
local sid = ARGV[2]
local records = tonumber(ARGV[8])
for i = 10, 9 + records do
  redis.call('XADD', KEYS[2], '*', 'sid', sid, 'record', ARGV[i])
end
for i = 10 + records, #ARGV do
  redis.call('XADD', KEYS[3], '*', 'sid', sid, 'effect', ARGV[i])
end

redis.call('HSET', KEYS[1], 'seq', ARGV[3], 'turn', ARGV[4], 'state', ARGV[5], 'reply', ARGV[6])
redis.call('EXPIRE', KEYS[1], ARGV[7])
if ARGV[9] == '0' then
  redis.call('ZREM', KEYS[4], sid)
else
  redis.call('ZADD', KEYS[4], ARGV[9], sid)
end
return 1
