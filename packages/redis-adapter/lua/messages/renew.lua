-- Lets a lease run on, or ends it.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 fence, 2 for how long from now, ms; 0 to end it
-- Reply 1, or nil if the lease is over

--- include clock
--- include shard

if not isHeld(ARGV[1]) then return false end
redis.call('HSET', RELAY, 'until', string.format('%.0f', now + ARGV[2]), 'deaths', '-1')
return 1
