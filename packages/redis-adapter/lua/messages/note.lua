-- Puts on record how it stands with a key.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 fence, 2 the key, 3 the attempts at its first message, JSON; empty if it is well again
-- Reply 1, or nil if the lease is over

--- include clock
--- include shard

if not isHeld(ARGV[1]) then return false end
if ARGV[3] == '' then redis.call('HDEL', TROUBLES, ARGV[2]) else redis.call('HSET', TROUBLES, ARGV[2], ARGV[3]) end
return 1
