-- Opens an empty partition for sale, under an epoch that no partition here had before: the server's time.
--
-- KEYS  1 meta
-- ARGV  none
-- Reply the epoch; that of before where the partition is there already, the one to come where it is being loaded; an error
--       on a server of 32 bits.

--- include clock

-- Scripts print whole numbers by `%d`, in a third of the time of `%.0f`: a server of 32 bits would cut them.
if string.format('%d', 2 ^ 53) ~= '9007199254740992' then
  return redis.error_reply('ERR Holdfast needs a server of 64 bits')
end

local known = redis.call('HMGET', KEYS[1], 'epoch', 'loading')
if known[1] or known[2] then return tonumber(known[1] or known[2]) end
local epoch = clock()
redis.call('HSET', KEYS[1], 'epoch', string.format('%.0f', epoch))
return epoch
