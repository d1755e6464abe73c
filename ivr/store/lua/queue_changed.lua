-- Stands before each script that changes what an agent is: it says so in the stream of changes, in the same step.
--
-- So of every change there is one entry, and of what was no change none. A worker writes them into SQL.
--
--   stream   the changes  stream
--   key      the agent    hash, as it is after the change; `change` is the id of the one before
--   how      what made it: set, offered, taken, missed, …
--   id, offer  the offer's id and hash; "" and anything where it has nothing to do with a call

local function changed(stream, key, agent, how, at, id, offer)
  local state, reason, before = unpack(redis.call('HMGET', key, 'state', 'reason', 'change'))
  local sid, queue = '', ''
  if id ~= '' then
    sid, queue = unpack(redis.call('HMGET', offer, 'sid', 'queue'))
  end
  local change = redis.call('XADD', stream, '*', 'agent', agent, 'state', state, 'reason', reason or '', 'how', how,
    'at', at, 'offer', id, 'sid', sid or '', 'queue', queue or '', 'follows', before or '')
  redis.call('HSET', key, 'change', change)
end
