-- Opens an empty partition for sale, under an epoch that no partition here had before: the server's time.
--
-- KEYS  1 meta
-- ARGV  none
-- Reply the epoch; that of before where the partition is there already.

--- include clock

local known = redis.call('HGET', KEYS[1], 'epoch')
if known then return tonumber(known) end
local epoch = clock()
redis.call('HSET', KEYS[1], 'epoch', string.format('%.0f', epoch))
return epoch
