-- Empties a partition, to be loaded anew: until it is opened there is no epoch in it, so that everything is fenced.
--
-- KEYS  1 meta, then all others that the partition has
-- ARGV  1 the epoch that it is to be of
-- Reply 1, or nil if it is of that epoch or a later one, or is to be of a later one

local epoch = tonumber(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'epoch', 'loading')
if known[1] and tonumber(known[1]) >= epoch then return false end
if known[2] and tonumber(known[2]) > epoch then return false end
redis.call('UNLINK', unpack(KEYS))
redis.call('HSET', KEYS[1], 'loading', ARGV[1])
return 1
