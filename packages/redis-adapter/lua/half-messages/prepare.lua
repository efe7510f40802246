-- Stores a half message, unless its id is taken.
--
-- KEYS  those of includes/half-messages.lua
-- ARGV  1 id, 2 the message, packed, 3 where its sender is asked, behind `=`, empty for nowhere
--       4 when it is checked first, ms from now, 5 1 to write in any case
-- Reply nil, or [state, message] of the one that has this id

--- include clock
--- include half-messages

local known = redis.call('HGET', STATES, ARGV[1])
if known then
  writeAnyway(ARGV[5])
  return { known, redis.call('HGET', MESSAGES, ARGV[1]) }
end
meetKinds()
redis.call('HSET', MESSAGES, ARGV[1], ARGV[2])
redis.call('ZADD', IDS, '0', ARGV[1])
keepHalf(ARGV[1], {
  status = PREPARED, checks = 0, preparedAt = now, nextCheckAt = now + ARGV[4], lease = 0, leasedUntil = 0,
  checkAt = ARGV[3], error = '',
})
return false
