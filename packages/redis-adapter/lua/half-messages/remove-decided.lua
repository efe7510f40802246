-- Removes half messages that were decided long ago, the oldest first.
--
-- KEYS  those of includes/half-messages.lua
-- ARGV  1 for how long decided ones are kept, ms, 2 how many are removed at most
-- Reply how many were removed

--- include clock
--- include many
--- include half-messages

local before = string.format('(%.0f', now - ARGV[1])
local ids = redis.call('ZRANGEBYSCORE', DECIDED, '-inf', before, 'LIMIT', 0, ARGV[2])
meetKinds()
writeMany('ZREM', DECIDED, ids)
writeMany('ZREM', IDS, ids)
writeMany('HDEL', STATES, ids)
writeMany('HDEL', MESSAGES, ids)
return #ids
