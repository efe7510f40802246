-- What a lease is to know when it reads from the beginning again.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 fence
-- Reply [resumptions, id of the last entry that was removed, heads, troubles], or nil if the lease is over

--- include clock
--- include shard

if not isHeld(ARGV[1]) then return false end
return shardState()
