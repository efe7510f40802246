-- Opens an empty partition for sale, under an epoch that no partition here had before: the server's time.
--
-- KEYS  1 meta
-- ARGV  none
-- Reply the epoch; that of before where the partition is there already, the one to come where it is being loaded.

--- include clock

local known = redis.call('HMGET', KEYS[1], 'epoch', 'loading')
if known[1] or known[2] then return tonumber(known[1] or known[2]) end
local epoch = clock()
redis.call('HSET', KEYS[1], 'epoch', string.format('%.0f', epoch))
return epoch
