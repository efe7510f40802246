-- Reads on for a lease: what waits apart from the stream comes first, then entries of the stream.
--
-- KEYS  those of includes/shard.lua
-- ARGV  1 fence
--       2 resumptions that the lease knows of
--       3 where to begin among the positions apart, as ZRANGEBYLEX takes it; 4 how many of them
--       5 where to begin in the stream, as XRANGE takes it; 6 how many entries, 7 how many bytes of them, about: fewer if
--         they are large, none while more lies apart
-- Reply nil if the lease is over, 0 if messages wait again that lie behind, else
--       [positions apart, their messages, entries, their marks, 1 if that was all, epoch, sequence]

--- include clock
--- include many
--- include shard

if not isHeld(ARGV[1]) then return false end
if resumptions() ~= ARGV[2] then return 0 end
local apart = redis.call('ZRANGEBYLEX', AGAIN, ARGV[3], '+', 'LIMIT', 0, ARGV[4])
local entries, ids, bytes, isAll = {}, {}, 0, false
local from, wanted = ARGV[5], #apart < tonumber(ARGV[4]) and tonumber(ARGV[6]) or 0
while #entries < wanted and bytes < tonumber(ARGV[7]) and not isAll do
  local count = math.min(32, wanted - #entries)
  local some = redis.call('XRANGE', OUTBOX, from, '+', 'COUNT', count)
  for i = 1, #some do
    entries[#entries + 1] = some[i]
    for field = 4, #some[i][2], 2 do bytes = bytes + #some[i][2][field] end
    from = '(' .. some[i][1]
  end
  isAll = #some < count
end
if redis.call('HLEN', ACKNOWLEDGED) > 0 then
  for i = 1, #entries do ids[i] = entries[i][1] end
end
local last = redis.call('HMGET', META, 'epoch', 'sequence')
return {
  apart, readMany(APART, apart), entries, readMany(ACKNOWLEDGED, ids), isAll and 1 or 0, last[1], last[2],
}
