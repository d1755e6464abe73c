-- Keep or take a lease: one script, so that nobody else takes it between the look and the write.
--
-- KEYS[1]  the lease  string: its owner; expires
-- ARGV     owner, milliseconds, "take" to take it where it is free, "keep" to keep it alone
-- Returns 1 where it is the owner's now, else 0.

local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
  return 1
end
if not owner and ARGV[3] == 'take' then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0
