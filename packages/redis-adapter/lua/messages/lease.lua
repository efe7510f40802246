-- Gives the right to relay a shard to one relay, unless another has it.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 who asks, 2 for how long, ms
-- Reply nil while another has it, or [fence, deaths, resumptions, id of the last entry that was removed, heads, troubles]

--- include clock
--- include shard

local known = redis.call('HMGET', RELAY, 'fence', 'until', 'deaths')
if tonumber(known[2] or 0) > now then return false end
-- By the time as well, so that none is given twice where a failover has lost the last ones.
local fence = math.max(tonumber(known[1] or 0) + 1, now)
-- Leases that were renewed or released have set it to -1: they lived.
local deaths = tonumber(known[3] or -1) + 1
local state = shardState()
redis.call(
  'HSET', RELAY, 'fence', string.format('%.0f', fence), 'owner', ARGV[1],
  'until', string.format('%.0f', now + ARGV[2]), 'deaths', string.format('%.0f', deaths)
)
return { fence, deaths, unpack(state) }
