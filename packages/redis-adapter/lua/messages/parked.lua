-- Messages that wait for an operator, in the order of their positions.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 where to begin, as ZRANGEBYLEX takes it; 2 how many
-- Reply [positions, messages, what is known of those that are parked by themselves]

--- include clock
--- include many
--- include shard

local positions = redis.call('ZRANGEBYLEX', PARKED, ARGV[1], '+', 'LIMIT', 0, ARGV[2])
return { positions, readMany(APART, positions), readMany(HEADS, positions) }
