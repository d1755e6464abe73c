-- Who of some queues could be offered next: the first of each language, with everything that is known of them.
--
-- Beside the keys that are named it reads the heads and the callers that it finds, which lie in the same slot.
--
-- KEYS     the languages of each queue   sets
-- ARGV     how many of each, what stands before a sid in the key of a caller, then for each queue what stands before
--          a language in the key of a head
-- Returns a list of {sid, field, value, field, value, …}, in no order.

local found = {}
for number, languages in ipairs(KEYS) do
  for _, language in ipairs(redis.call('SMEMBERS', languages)) do
    for _, sid in ipairs(redis.call('ZRANGE', ARGV[number + 2] .. language, 0, ARGV[1] - 1)) do
      local fields = redis.call('HGETALL', ARGV[2] .. sid)
      if #fields > 0 then
        table.insert(found, {sid, unpack(fields)})
      end
    end
  end
end
return found
