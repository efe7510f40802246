-- Reads on for a lease: what waits apart from the stream comes first, then entries of the stream.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 fence
--       2 resumptions that the lease knows of
--       3 where to begin among the positions apart, as ZRANGEBYLEX takes it; 4 how many of them
--       5 where to begin in the stream, as XRANGE takes it; 6 how many entries; none while more lies apart
-- Reply nil if the lease is over, 0 if messages wait again that lie behind, else
--       [positions apart, their messages, entries, their marks, epoch, sequence]

--- include clock
--- include many
--- include shard

if not isHeld(ARGV[1]) then return false end
if resumptions() ~= ARGV[2] then return 0 end
local apart = redis.call('ZRANGEBYLEX', AGAIN, ARGV[3], '+', 'LIMIT', 0, ARGV[4])
local entries, ids = {}, {}
if #apart < tonumber(ARGV[4]) then entries = redis.call('XRANGE', OUTBOX, ARGV[5], '+', 'COUNT', ARGV[6]) end
if redis.call('HLEN', ACKNOWLEDGED) > 0 then
  for i = 1, #entries do ids[i] = entries[i][1] end
end
local last = redis.call('HMGET', META, 'epoch', 'sequence')
return { apart, readMany(APART, apart), entries, readMany(ACKNOWLEDGED, ids), last[1], last[2] }
