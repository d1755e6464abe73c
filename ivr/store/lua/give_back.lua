-- Give a lease back, unless it is somebody else's by now.
--
-- KEYS[1]  the lease
-- ARGV     owner
-- Returns 1 where it was the owner's, else 0.

if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  return 1
end
return 0
