-- Opens a partition that was loaded, under its epoch.
--
-- KEYS  1 meta
-- ARGV  1 the epoch, 2 the time of what was loaded last: none is told that lies before
-- Reply 1, or nil if it was not begun under this epoch, or has been begun since under a later one

--- include clock

local known = redis.call('HMGET', KEYS[1], 'epoch', 'loading')
if known[2] == ARGV[1] then
  local at = math.max(clock(), tonumber(ARGV[2]))
  redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'at', string.format('%.0f', at))
  redis.call('HDEL', KEYS[1], 'loading')
  return 1
end
return known[1] == ARGV[1] and 1 or false
